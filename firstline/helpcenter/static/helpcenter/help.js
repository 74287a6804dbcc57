// The help centre's few behaviours: "/" goes to the search, code is copied with one press, the contents follow the reader.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const search = document.querySelector("[data-slash]");
  if (!search) return;
  event.preventDefault();
  search.focus();
});

for (const button of document.querySelectorAll("[data-copy-code]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.querySelector("span");
  const words = label.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.closest(".codeblock").querySelector("pre").textContent);
    label.textContent = "✓";
    setTimeout(() => (label.textContent = words), 1500);
  });
}

const links = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.hash.slice(1), link]));
if (links.size) {
  const places = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = () => {
    const passed = places.filter((place) => place.getBoundingClientRect().top < innerHeight / 3);
    const here = passed.at(-1) ?? places[0];
    for (const [id, link] of links) id === here?.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
}

// Who chose pnpm once reads pnpm everywhere, on this page and the next.
const CHOSEN = "firstline-client";
const choose = (value) => {
  for (const radio of document.querySelectorAll("[data-tabs] > input")) if (radio.value === value) radio.checked = true;
};
try {
  if (localStorage.getItem(CHOSEN)) choose(localStorage.getItem(CHOSEN));
} catch {} // storage is switched off: each group keeps its first tab
addEventListener("change", (event) => {
  if (!event.target.matches("[data-tabs] > input")) return;
  choose(event.target.value);
  try {
    localStorage.setItem(CHOSEN, event.target.value);
  } catch {}
});
