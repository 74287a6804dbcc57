// One toast at a time; it leaves by itself after `data-toast` seconds, but not while the pointer or the focus rests on it.
const box = document.getElementById("toasts");
const timers = new WeakMap();

function start(toast) {
  clearTimeout(timers.get(toast));
  timers.set(
    toast,
    setTimeout(() => (toast.matches(":hover, :focus-within") ? start(toast) : toast.remove()), 1000 * Number(toast.dataset.toast)),
  );
}

function settle() {
  const toasts = [...box.querySelectorAll("[data-toast]")];
  const last = toasts.pop();
  for (const old of toasts) old.remove();
  if (last && !timers.has(last)) start(last);
}

if (box) {
  settle();
  new MutationObserver(settle).observe(box, { childList: true });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-toast-close]");
  if (close && !close.form) close.closest(".toast").remove();
});

// A toast's form has done what it offers: it goes once the answer is there.
document.addEventListener("htmx:afterRequest", (event) => event.target.closest?.(".toast form")?.closest(".toast").remove());

document.addEventListener("firstline:say", (event) => {
  const line = document.getElementById("announce");
  if (line) line.textContent = event.detail?.value ?? event.detail ?? "";
});
