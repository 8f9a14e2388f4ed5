// Fragment swap: a link or form with data-swap="id" puts the element of that id from the answer page
// in the place of the one shown. The server sends its usual page; a failure falls back to a full load.

/** Put the element `id` of the page `html` in place of ours; give the new element, or null. */
export function replaceFrom(html, id) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
  const old = document.getElementById(id);
  if (!fresh || !old) return null;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus();
  return fresh;
}

async function load(address, options, id, start, remember) {
  const target = document.getElementById(id);
  target?.setAttribute("aria-busy", "true");
  const answer = await fetch(address, { ...options, headers: { "X-Fragment": id } });
  document.dispatchEvent(new Event("alive"));
  const fresh = replaceFrom(await answer.text(), id);
  if (!fresh) throw new Error("the answer holds no such fragment");
  if (remember) history.pushState({ swap: id }, "", answer.url);
  start(fresh);
}

/** Listen for links and forms with data-swap; `start` wakes what the new element holds. */
export function startSwaps(start) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const id = form.dataset.swap;
    if (!id || event.defaultPrevented || !document.getElementById(id)) return;
    event.preventDefault();
    const values = new FormData(form, event.submitter);
    if (form.method === "get") {
      // Only what was filled in belongs in the address: a filter stays readable and can be sent to a colleague.
      const filled = [...values].filter(([, value]) => value !== "");
      const address = new URL(form.action || location.href);
      address.search = new URLSearchParams(filled).toString();
      load(address, {}, id, start, true).catch(() => location.assign(address));
    } else {
      load(form.action || location.href, { method: "POST", body: values }, id, start, false).catch(() => form.submit());
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(link.href, {}, link.dataset.swap, start, true).catch(() => location.assign(link.href));
  });
  window.addEventListener("popstate", (event) => {
    if (event.state?.swap) load(location.href, {}, event.state.swap, start, false).catch(() => location.reload());
    else if (!location.hash && document.querySelector("[data-swap]")) location.reload();
  });
}
