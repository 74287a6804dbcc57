// A list beside its work (articles, outbox): J and K move through the rows, Enter opens as any link does.
const side = document.querySelector(".split__side");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return;
  if (document.body.dataset.shortcuts !== "on" || document.querySelector("dialog[open], .popover:popover-open")) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  if (key !== "j" && key !== "k") return;
  const rows = [...side.querySelectorAll(".list-row")];
  if (!rows.length) return;
  event.preventDefault();
  const current = document.activeElement.closest?.(".list-row") ?? side.querySelector('[aria-current="true"]');
  const next = rows[Math.min(Math.max(rows.indexOf(current) + (key === "j" ? 1 : -1), 0), rows.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
});

side?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "center" });
