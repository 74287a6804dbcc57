// "Not me, not now": what is on the screen is gone with the click, before the desk has answered (W-06).
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-hand-over]")) return;
  document.querySelector("[data-leaves]")?.replaceChildren();
});
// D begins to decide: the first choice takes the focus.
document.addEventListener("click", (event) => {
  if (event.detail === 0 && event.target.matches("input[data-shortcut='d']")) event.target.focus();
});
