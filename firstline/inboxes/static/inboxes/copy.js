// Copies what stands in the element that data-copy names; the button shows itself only where there is a clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.lastChild;
  const before = label.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
    label.textContent = "✓";
    setTimeout(() => (label.textContent = before), 1500);
  });
}
