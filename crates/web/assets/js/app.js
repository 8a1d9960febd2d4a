// What every page needs beyond plain HTML: htmx with live events, dialogs, the command palette, spoken answers, and the installed app.
// Pages work without it. No inline handlers and no eval, so that the content security policy can forbid both.
// @ts-check
import htmx from "htmx.org";
import "../node_modules/htmx.org/dist/ext/hx-sse.js";

const root = document.documentElement;
const find = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));

/** Says a sentence to screen readers. Emptied first, so that the same sentence is spoken twice. */
function announce(/** @type {string} */ sentence) {
  const region = find("#announce");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = sentence));
}

// --- requests: the token that proves the page is ours, a thin bar while waiting, plain words when the line is dead

let waiting = 0;
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  ctx.request.headers["X-CSRF-Token"] = /** @type {HTMLMetaElement | null} */ (find('meta[name="csrf"]'))?.content ?? "";
});
document.addEventListener("htmx:before:request", (event) => {
  const source = /** @type {HTMLElement} */ (event.target);
  if (source.hasAttribute("hx-sse:connect")) return;
  waiting += 1;
  root.classList.add("is-busy");
  if (source.dataset.says) announce(source.dataset.says);
});
document.addEventListener("htmx:finally:request", (event) => {
  if (/** @type {HTMLElement} */ (event.target).hasAttribute?.("hx-sse:connect")) return;
  waiting = Math.max(0, waiting - 1);
  if (waiting === 0) root.classList.remove("is-busy");
});
document.addEventListener("htmx:error", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  if (ctx?.response || ctx?.sourceElement?.hasAttribute("hx-sse:connect")) return;
  // A page that looks for news by itself did nothing that could have happened.
  if (ctx?.request?.method === "GET") return;
  toast("attention", "No answer came back. Look whether it happened before you try again.");
});

// A form that comes back with its errors (422) is put in place; any other refusal is a whole page about the problem, whose words go
// into the corner instead of tearing a hole into this page. Signed out meanwhile: loading again leads to the sign-in page.
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  const status = ctx.response.status;
  if (status === 422 || ctx.hx?.redirect) return;
  ctx.swap = "none";
  if (status === 401) {
    location.reload();
    return;
  }
  if (ctx.sourceElement?.hasAttribute("hx-sse:connect")) return;
  const problem = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  const words = ["h1", "h1 ~ p"].map((part) => problem.querySelector(part)?.textContent?.trim()).filter(Boolean);
  toast(status < 500 ? "attention" : "refused", words.join(". ") || "The server could not do this. Please try again.");
});

/** Shows a message in the corner; used where no server fragment can say it. */
function toast(/** @type {"open" | "attention" | "refused"} */ state, /** @type {string} */ text) {
  const note = document.createElement("div");
  note.className = "note";
  note.dataset.state = state;
  note.dataset.toast = "";
  const words = document.createElement("div");
  words.textContent = text;
  note.append(words);
  find("#toasts")?.append(note);
  announce(text);
  fade(note);
}
document.addEventListener("vestibule:say", (event) => {
  const { state, text } = /** @type {CustomEvent} */ (event).detail;
  toast(state, text);
});
function fade(/** @type {Element} */ note) {
  setTimeout(() => note.remove(), 8000);
}

// --- what arrives: speak it, and let toasts go after a while

document.addEventListener("htmx:after:swap", () => ready(document.body));
function ready(/** @type {ParentNode} */ within) {
  for (const spoken of within.querySelectorAll("[data-announce]:not([data-spoken])")) {
    spoken.setAttribute("data-spoken", "");
    announce(spoken.textContent?.trim() ?? "");
  }
  for (const note of within.querySelectorAll("[data-toast]:not([data-fading])")) {
    note.setAttribute("data-fading", "");
    fade(note);
  }
  for (const hidden of within.querySelectorAll("[data-needs-js][hidden]")) hidden.removeAttribute("hidden");
}

// --- dialogs: the same <dialog popover> is a popover without JavaScript and a real modal with it

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const opener = target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    openDialog(/** @type {HTMLElement} */ (opener).dataset.dialog ?? "");
    return;
  }
  if (target.closest("[data-close]")) {
    event.preventDefault();
    target.closest("dialog")?.close();
    return;
  }
  if (target instanceof HTMLDialogElement && target.open) target.close();
});

function openDialog(/** @type {string} */ id) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(id));
  if (!dialog || dialog.open) return;
  const side = find("#side:popover-open");
  side?.hidePopover();
  dialog.removeAttribute("popover");
  dialog.showModal();
  if (id === "palette") {
    htmx.trigger(find("#palette-found"), "palette-open");
    /** @type {HTMLInputElement | null} */ (dialog.querySelector("input"))?.select();
  }
}

// --- command palette

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && find("#palette")) {
    event.preventDefault();
    openDialog("palette");
  }
});
const palette = find("#palette");
palette?.addEventListener("keydown", (event) => {
  const items = /** @type {HTMLAnchorElement[]} */ ([...palette.querySelectorAll('[role="option"]')]);
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    select(items, (at + step + items.length) % items.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    (items[at] ?? items[0])?.click();
  } else if (event.key === "Escape") {
    // A search field would only be emptied by the first press.
    event.preventDefault();
    /** @type {HTMLDialogElement} */ (palette).close();
  }
});
palette?.addEventListener("htmx:after:swap", () => {
  select(/** @type {HTMLAnchorElement[]} */ ([...palette.querySelectorAll('[role="option"]')]), 0);
});
function select(/** @type {HTMLAnchorElement[]} */ items, /** @type {number} */ at) {
  items.forEach((item, index) => {
    item.id = `palette-${index}`;
    item.setAttribute("aria-selected", String(index === at));
  });
  items[at]?.scrollIntoView({ block: "nearest" });
  palette?.querySelector("input")?.setAttribute("aria-activedescendant", items[at]?.id ?? "");
}
if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-mod]")) key.textContent = "⌘";
}

// --- finding in a list of access groups

document.addEventListener("input", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const groups = input.closest("[data-groups]");
  if (!groups || input.type !== "search") return;
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of groups.querySelectorAll("li")) {
    const text = item.textContent?.toLowerCase() ?? "";
    const keep = words.every((word) => text.includes(word));
    item.hidden = !keep;
    if (keep) shown += 1;
  }
  groups.querySelector("[data-none]")?.toggleAttribute("hidden", shown > 0);
});
document.addEventListener("keydown", (event) => {
  const input = /** @type {HTMLElement} */ (event.target);
  if (event.key === "Enter" && input.closest(".groups-find")) event.preventDefault();
});

// --- a form in a page that reacts to its own choices: <form data-autosubmit> or a single control with it

document.addEventListener("change", (event) => {
  const control = /** @type {HTMLInputElement} */ (event.target);
  if (control.matches("[data-autosubmit]")) control.form?.requestSubmit();
});

// --- the installed app

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/sw.js").catch((error) => console.warn("The page works, but cannot be kept for offline use:", error));
}

ready(document.body);
