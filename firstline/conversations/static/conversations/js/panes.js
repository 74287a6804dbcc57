// The borders between the panes: dragged, or moved with the arrow keys; the width is kept with the person.
const STEP = 16;
const NARROW = 240;
const WIDE = 640;
const desk = document.querySelector(".desk");
const splitters = [...document.querySelectorAll(".splitter")];

function widen(pane, pixels) {
  const width = Math.round(Math.min(Math.max(pixels, NARROW), WIDE));
  desk.style.setProperty(`--${pane}-width`, `${width}px`);
  for (const one of splitters.filter((line) => line.dataset.pane === pane)) {
    one.setAttribute("aria-valuenow", width);
    one.setAttribute("aria-valuemin", NARROW);
    one.setAttribute("aria-valuemax", WIDE);
  }
  return width;
}

function wide(pane) {
  return document.querySelector(`.desk__${pane}`)?.getBoundingClientRect().width ?? 0;
}

function keep(pane) {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };
  const body = new URLSearchParams({ [`${pane}_width`]: Math.round(wide(pane)) });
  fetch(desk.dataset.habit, { method: "POST", headers, body }).catch(() => null);
}

for (const line of splitters) {
  const pane = line.dataset.pane;
  const kept = desk.dataset[`${pane}Width`];
  widen(pane, Number(kept) || wide(pane) || 320);
  const away = (pane === "list" ? 1 : -1) * (document.documentElement.dir === "rtl" ? -1 : 1);
  line.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
    const [from, was] = [event.clientX, wide(pane)];
    const move = (to) => widen(pane, was + away * (to.clientX - from));
    line.addEventListener("pointermove", move);
    line.addEventListener("lostpointercapture", () => (line.removeEventListener("pointermove", move), keep(pane)), { once: true });
  });
  line.addEventListener("keydown", (event) => {
    const step = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    widen(pane, wide(pane) + away * step);
    keep(pane);
  });
}
