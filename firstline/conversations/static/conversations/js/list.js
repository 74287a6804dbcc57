// The list beside the conversation: J and K move, Enter opens, Esc goes back, X selects; on a phone one pane at a time.
const desk = document.querySelector(".desk");
const rows = document.getElementById("rows");

document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; SameSite=Lax`;

const links = () => [...rows.querySelectorAll(".list-row")];
const current = () => rows.querySelector('.list-row[aria-current="true"]');
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const busy = () => document.querySelector("dialog[open], .popover:popover-open");

function open() {
  return document.getElementById("open");
}

function move(step) {
  const list = links();
  const from = list.indexOf(document.activeElement.closest?.(".list-row") ?? current());
  const next = list[Math.min(Math.max(from + step, 0), list.length - 1)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if (innerWidth >= 768) next.click();
}

function mark() {
  const pk = open()?.dataset.conversation;
  for (const link of links()) {
    if (pk && link.parentElement.id === `row-${pk}`) {
      link.setAttribute("aria-current", "true");
      link.removeAttribute("data-unread");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

function back() {
  if (desk.dataset.context === "open") return context(false);
  const selected = rows.querySelectorAll("[data-selected]");
  if (selected.length) {
    for (const item of selected) item.removeAttribute("data-selected");
    return rows.dispatchEvent(new CustomEvent("firstline:selected"));
  }
  desk.dataset.pane = "list";
  (current() ?? links()[0])?.focus();
}

function context(show = desk.dataset.context !== "open") {
  if (matchMedia("(width >= 80rem)").matches) {
    desk.dataset.context = desk.dataset.context === "hidden" ? "" : "hidden";
  } else {
    desk.dataset.context = show ? "open" : "";
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || busy()) return;
  if (event.key === "Escape") {
    if (typing(event.target)) event.target.blur();
    else back();
    return;
  }
  const modified = event.metaKey || event.ctrlKey;
  if (modified && event.key === ".") {
    event.preventDefault();
    desk.dataset.list = desk.dataset.list === "hidden" ? "" : "hidden";
  }
  if (modified || event.altKey || typing(event.target) || document.body.dataset.shortcuts !== "on") return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    event.preventDefault();
    move(key === "j" ? 1 : -1);
  } else if (key === "x") {
    (document.activeElement.closest?.(".list-row") ?? current())?.toggleAttribute("data-selected");
    rows.dispatchEvent(new CustomEvent("firstline:selected", { bubbles: true }));
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-toggle-context]")) context();
  const shown = event.target.closest?.("[data-show-list]");
  if (shown && innerWidth < 768) {
    event.preventDefault();
    desk.dataset.pane = "list";
  }
  const row = event.target.closest?.(".list-row");
  if (row?.getAttribute("aria-current") === "true") desk.dataset.pane = "talk";
});

// Who opens one and moves on at once gets the one they moved to: an older answer that comes late changes nothing.
let asked;
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target.id === "open") asked = event.detail.xhr;
});
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "open" && event.detail.xhr !== asked) event.detail.shouldSwap = false;
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "open" && event.target.id !== "open") return;
  desk.dataset.pane = "talk";
  desk.dataset.context = desk.dataset.context === "hidden" ? "hidden" : "";
  mark();
});
// "12 min" grows while the page stays open.
function grow() {
  const [now, minutes, hours, days] = rows.dataset.units.split("|");
  for (const time of rows.querySelectorAll("time.list-row__when")) {
    const passed = (Date.now() - Date.parse(time.dateTime)) / 60000;
    if (passed < 1) time.textContent = now;
    else if (passed < 60) time.textContent = minutes.replace("%d", Math.floor(passed));
    else if (passed < 1440) time.textContent = hours.replace("%d", Math.floor(passed / 60));
    else if (passed < 28 * 1440) time.textContent = days.replace("%d", Math.floor(passed / 1440));
  }
}
setInterval(grow, 60000);

mark();
current()?.scrollIntoView({ block: "nearest" });
