// A covered text that somebody has opened covers itself again: after 60 s without a key or a click, when the page is left or hidden.
// How long it stood there goes to the desk, for that person's own page alone.
const IDLE_MS = 60_000;
const open = new Map();

function found() {
  for (const cover of document.querySelectorAll("[data-revealed]")) {
    if (open.has(cover)) continue;
    open.set(cover, { since: performance.now(), active: performance.now() });
    cover.focus({ preventScroll: true });
  }
}

function close(cover, { swap }) {
  const times = open.get(cover);
  open.delete(cover);
  if (!times) return;
  const seconds = Math.min(performance.now() - times.since, performance.now() - times.active + IDLE_MS) / 1000;
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  const body = new URLSearchParams({ seconds: seconds.toFixed(1), csrfmiddlewaretoken: token });
  fetch(cover.dataset.revealed, { method: "POST", body, keepalive: true }).catch(() => {});
  if (!swap) return;
  cover.querySelector(".cover__text")?.remove(); // at once; the fresh cover follows
  if (window.htmx) window.htmx.ajax("GET", cover.dataset.coverAgain, { target: cover, swap: "outerHTML" });
}

function closeAll() {
  for (const cover of [...open.keys()]) close(cover, { swap: true });
}

for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, () => {
    for (const times of open.values()) times.active = performance.now();
  });
}
setInterval(() => {
  for (const [cover, times] of [...open]) {
    if (!cover.isConnected) close(cover, { swap: false });
    else if (performance.now() - times.active > IDLE_MS) close(cover, { swap: true });
  }
}, 500);
document.addEventListener("visibilitychange", () => document.hidden && closeAll());
window.addEventListener("blur", closeAll);
window.addEventListener("pagehide", () => {
  for (const cover of [...open.keys()]) close(cover, { swap: false });
});
document.body.addEventListener("htmx:afterSettle", found);
document.addEventListener("keydown", (event) => {
  if (event.key !== "v" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const now = document.querySelector("[data-cover-now]");
  if (!now) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  closeAll();
}, true);
found();
