// X marks rows; the bar at the list's foot then does one thing to all of them at once, and its toast undoes it.
const rows = document.getElementById("rows");
const bar = document.getElementById("bulk");

const selected = () => [...rows.querySelectorAll("[data-selected]")];

function none() {
  for (const link of selected()) link.removeAttribute("data-selected");
  show();
}

function show() {
  const chosen = selected();
  bar.hidden = chosen.length === 0;
  bar.elements.ids.value = chosen.map((link) => link.parentElement.id.slice("row-".length)).join(",");
  const words = bar.querySelector("[data-count]");
  words.textContent = words.dataset.count.replace("%d", chosen.length);
}

rows.addEventListener("firstline:selected", show);
bar.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("button");
    if (button?.type === "submit") bar.elements.value.value = button.dataset.value ?? "";
    else if (button) none();
  },
  true,
);
bar.addEventListener("htmx:afterRequest", (event) => event.target === bar && event.detail.successful && none());
