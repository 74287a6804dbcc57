// In a frame: tell the page around it how tall the form is. A height is nobody's secret, so anybody may hear it.
if (document.body.dataset.framed !== undefined && parent !== window) {
  const tell = () => parent.postMessage({ firstlineHeight: Math.ceil(document.documentElement.scrollHeight) }, "*");
  new ResizeObserver(tell).observe(document.body);
  tell();
}

// One press sends once.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button[type=submit]");
  if (event.target.matches(".ask__form") && button) setTimeout(() => (button.disabled = true));
});
// A page that comes back from the browser's memory can be sent again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".ask__form button[disabled]")) button.disabled = false;
});
