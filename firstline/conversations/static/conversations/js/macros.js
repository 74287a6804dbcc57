// A slash on an empty line of the reply opens the macros; what is typed there filters them. A message can be forwarded aside.
function menu() {
  return document.getElementById("macro-menu");
}

document.addEventListener("keydown", (event) => {
  const text = event.target;
  if (event.key !== "/" || text.id !== "reply-text" || event.metaKey || event.ctrlKey || event.altKey) return;
  const before = text.value.slice(0, text.selectionStart);
  if (before && !before.endsWith("\n")) return;
  event.preventDefault();
  menu()?.showPopover();
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "macro-menu") document.getElementById("macro-find")?.focus();
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "macro-find") return;
  const asked = event.target.value.trim().toLowerCase();
  for (const form of menu().querySelectorAll("form[data-name]")) form.hidden = !form.dataset.name.includes(asked);
});

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "macro-find" || event.key !== "Enter") return;
  event.preventDefault();
  menu().querySelector("form[data-name]:not([hidden]) button")?.click();
});

document.addEventListener("click", (event) => {
  const asked = event.target.closest?.("[data-forward]");
  const place = document.getElementById("aside-menu");
  if (!asked || !place) return;
  const words = document.getElementById(asked.dataset.forward).querySelector(".message__body").innerText.trim();
  place.showPopover();
  place.querySelector("textarea").value = `\n\n${words.split("\n").map((line) => `> ${line}`).join("\n")}`;
});
