// When a request fails, a sentence says so; nothing that was typed is touched.
const box = document.getElementById("toasts");
const SENTENCE = 300;

function say(words) {
  if (!box || !words) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.toast = "8";
  toast.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.className = "toast__action";
  close.type = "button";
  close.dataset.toastClose = "";
  close.textContent = box.dataset.close;
  toast.append(text, close);
  box.replaceChildren(toast);
}

// A refusal of ours (400) is one plain sentence; what other statuses mean stands in the page.
function words(answer) {
  const sentence = answer.responseText.trim();
  if (answer.status === 400 && sentence && sentence.length < SENTENCE && !sentence.includes("<")) {
    return new DOMParser().parseFromString(sentence, "text/html").body.textContent;
  }
  return { 403: box.dataset.forbidden, 404: box.dataset.gone }[answer.status] ?? box.dataset.wrong;
}

document.addEventListener("htmx:responseError", (event) => say(words(event.detail.xhr)));
document.addEventListener("htmx:sendError", () => say(box.dataset.away));

// An answer that led to the sign-in page means that the session is over: keep the page, and what is written on it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL || location.href).pathname.startsWith("/accounts/login")) {
    event.detail.shouldSwap = false;
    say(box.dataset.signedOut);
  }
});
document.addEventListener("firstline:signed-out", () => say(box.dataset.signedOut));
