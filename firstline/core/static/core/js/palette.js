// The palette: do (what the page's buttons do), go (the rail's places), find (conversations and articles from the search slice).
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const WAIT_MS = 120;
const MANY = 7;
let found = "";
let timer;
let asked;

function words(element) {
  return (element.dataset.do ?? element.querySelector(".label")?.textContent ?? element.textContent).trim();
}

function option(element, index) {
  const item = document.createElement("div");
  item.className = "menu__item";
  item.setAttribute("role", "option");
  item.id = `palette-${index}`;
  const icon = element.querySelector("svg")?.cloneNode(true);
  if (icon) item.append(icon);
  const label = document.createElement("span");
  label.className = "truncate";
  label.textContent = words(element);
  item.append(label);
  const keys = element.dataset.shortcut?.split("|")[0];
  if (keys) item.append(printed(keys));
  item.addEventListener("click", () => {
    dialog.close();
    element.click();
  });
  return item;
}

function printed(keys) {
  const box = document.createElement("span");
  box.className = "kbds";
  for (const key of keys.split(" ")) {
    const print = document.createElement("kbd");
    print.textContent = key.replace("shift+", "⇧").replace("mod+", "Ctrl ").toUpperCase();
    box.append(print);
  }
  return box;
}

function group(title, elements, from) {
  if (!elements.length) return [];
  const head = document.createElement("div");
  head.className = "menu__title";
  head.setAttribute("role", "presentation");
  head.textContent = title;
  return [head, ...elements.map((element, index) => option(element, from + index))];
}

function matching(selector, asked) {
  const parts = asked.toLowerCase().split(/\s+/).filter(Boolean);
  return [...document.querySelectorAll(selector)].filter((element) => {
    const text = words(element).toLowerCase();
    return text && parts.every((part) => text.includes(part));
  });
}

function draw() {
  const asked = input.value.trim();
  const doing = matching("[data-do]", asked).slice(0, asked ? MANY : 5);
  const going = matching(".rail a.rail__link:not([data-palette-open])", asked).slice(0, MANY);
  list.replaceChildren(...group(list.dataset.do, doing, 0), ...group(list.dataset.go, going, doing.length));
  if (found && asked) list.insertAdjacentHTML("beforeend", found);
  mark(options()[0]);
}

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function mark(chosen) {
  for (const item of options()) item.setAttribute("aria-selected", String(item === chosen));
  if (chosen && !chosen.id) chosen.id = `palette-found-${options().indexOf(chosen)}`;
  input.setAttribute("aria-activedescendant", chosen?.id ?? "");
  chosen?.scrollIntoView({ block: "nearest" });
}

async function search() {
  const query = input.value.trim();
  const url = dialog.dataset.search;
  if (!url || query.length < 2) return;
  asked?.abort();
  asked = new AbortController();
  const answer = await fetch(`${url}?${new URLSearchParams({ q: query })}`, {
    signal: asked.signal,
    headers: { "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok || input.value.trim() !== query) return;
  found = await answer.text();
  draw();
}

function open(event) {
  event.preventDefault();
  if (dialog.open) return;
  input.value = "";
  found = "";
  draw();
  dialog.showModal();
}

function chooses(event) {
  const list = options();
  const at = list.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(list.at((at + (event.key === "ArrowDown" ? 1 : -1)) % list.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    list[at]?.click();
  }
}

if (dialog) {
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
    draw();
  });
  input.addEventListener("keydown", chooses);
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") open(event);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette-open]") && !(event.metaKey || event.ctrlKey)) open(event);
  });
}
