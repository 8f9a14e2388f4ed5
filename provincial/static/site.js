// What the page does more comfortably with script. Everything here also works without it.
import { startGrids } from "./grid.js";
import { startIdle } from "./idle.js";
import { replaceFrom, startSwaps } from "./swap.js";

/** A form is sent once: a second click within its answer is swallowed. */
function guardDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.dataset.swap) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // A download answers without leaving the page: open the form again after a while.
    setTimeout(() => delete form.dataset.sent, 8000);
    form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(() => form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled")), 8000);
  });
  // Back from the next page: the browser may show this one as it was left.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
}

/** Escape and a click elsewhere close an open menu; the focus goes back to what opened it. */
function startMenus() {
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (location.hash === "#site-places") {
      location.hash = "#main";
    }
  });
}

/** A grave act opens as a dialog; the form inside is the one that unfolds without script. */
function startConfirms(root) {
  root.querySelectorAll("details[data-confirm]:not([open])").forEach((details) => {
    const form = details.querySelector("form");
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", form.getAttribute("aria-label"));
    details.after(dialog);
    dialog.append(form);
    const summary = details.querySelector("summary");
    summary.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
    dialog.addEventListener("close", () => summary.focus());
  });
}

/** Long work: fetch the same page again, ever more slowly, and put its progress in place. */
function startPolls(root) {
  root.querySelectorAll("[data-poll]").forEach((element) => poll(element.id, element.dataset.poll, 1000));
}

async function poll(id, address, wait) {
  await new Promise((done) => setTimeout(done, wait));
  if (!document.getElementById(id)) return;
  let next = wait;
  if (!document.hidden) {
    try {
      const answer = await fetch(address, { headers: { "X-Fragment": id, "X-Poll": "1" } });
      const fresh = answer.ok && replaceFrom(await answer.text(), id);
      if (fresh && !fresh.dataset.poll) return;
      next = Math.min(wait * 1.2, 5000);
    } catch {
      next = 5000; // The line dropped; the work goes on without us.
    }
  }
  poll(id, address, next);
}

/** After a refusal the list of what to mend is read first. */
function focusErrors(root) {
  root.querySelector("[data-focus]")?.focus();
}

function start(root) {
  startConfirms(root);
  startGrids(root);
  startPolls(root);
  focusErrors(root);
}

guardDoubleSubmit();
startMenus();
startIdle();
startSwaps(start);
start(document);
