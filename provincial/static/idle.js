// A session ends after a while without a request: say so before, in every open page of the site.

/** Watch the time that is left; `document` hears "alive" whenever a request has kept the session. */
export function startIdle() {
  const box = document.querySelector("[data-idle]");
  if (!box) return;
  const full = Number(box.dataset.idle) * 1000;
  const early = Number(box.dataset.idleWarning) * 1000;
  const [soon, over, button] = ["[data-idle-soon]", "[data-idle-over]", "button"].map((sign) => box.querySelector(sign));
  const pages = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let ends;

  function show() {
    const left = ends - Date.now();
    box.hidden = left > early;
    soon.hidden = left > early || left <= 0;
    over.hidden = left > 0;
    button.hidden = left <= 0;
  }

  function alive() {
    ends = Date.now() + full;
    show();
  }

  async function keep() {
    const answer = await fetch(box.dataset.idleKeep).catch(() => null);
    if (!answer) return; // The line dropped: the warning stays.
    if (answer.status === 204) document.dispatchEvent(new Event("alive"));
    else ends = Date.now();
    show();
  }

  button.addEventListener("click", keep);
  document.addEventListener("alive", () => {
    alive();
    pages?.postMessage("alive");
  });
  if (pages) pages.onmessage = alive;
  document.addEventListener("visibilitychange", show);
  setInterval(show, 5000);
  document.dispatchEvent(new Event("alive"));
}
