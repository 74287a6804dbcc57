// The composer: reply or note, each with its own text and its own draft on the server; files by picking, pasting or dropping.
const SAVE_MS = 800;
const timers = new WeakMap();

const composer = () => document.getElementById("composer");
const form = (mode) => composer()?.querySelector(`[data-compose="${mode}"]`);
const shown = () => composer()?.querySelector("[data-compose]:not([hidden])");

function write(mode) {
  const chosen = form(mode);
  if (!chosen) return;
  for (const one of composer().querySelectorAll("[data-compose]")) one.hidden = one !== chosen;
  composer().dataset.mode = mode;
  composer().dataset.touched = "";
  caretToEnd(chosen.querySelector("textarea"));
}

function caretToEnd(text) {
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

async function save(one) {
  const data = new FormData(one);
  data.delete("file");
  const answer = await fetch(one.dataset.draft, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { "HX-Request": "true", "X-CSRFToken": data.get("csrfmiddlewaretoken") },
    keepalive: true,
  }).catch(() => null);
  if (!one.isConnected) return;
  if (answer?.redirected) return void document.dispatchEvent(new CustomEvent("firstline:signed-out"));
  const saved = one.querySelector("[data-saved]");
  saved.hidden = !answer?.ok;
  if (answer && (answer.ok || answer.status === 422)) one.querySelector(".composer__checks").innerHTML = await answer.text();
}

function later(one) {
  clearTimeout(timers.get(one));
  one.querySelector("[data-saved]").hidden = true;
  timers.set(one, setTimeout(() => save(one), SAVE_MS));
}

function give(files) {
  const one = shown();
  const input = one?.querySelector("input[type=file]");
  if (!input || !files.length) return;
  const list = new DataTransfer();
  for (const file of files) list.items.add(file);
  input.files = list.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function fence(text) {
  const { selectionStart: from, selectionEnd: to, value } = text;
  const chosen = value.slice(from, to);
  const before = from && value[from - 1] !== "\n" ? "\n" : "";
  text.setRangeText(`${before}\`\`\`\n${chosen}\n\`\`\`\n`, from, to, "end");
  if (!chosen) text.setSelectionRange(from + before.length + 4, from + before.length + 4);
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-write]");
  if (tab && form(tab.dataset.write) && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    write(tab.dataset.write);
  }
  const copied = event.target.closest?.("[data-add-cc]");
  if (copied) {
    const input = copied.closest("form").querySelector("[name=cc]");
    input.value = [input.value.trim(), copied.dataset.addCc].filter(Boolean).join(", ");
    copied.remove();
    later(input.form);
  }
  if (event.target.closest?.("[data-insert-code]")) fence(shown().querySelector("textarea"));
});

document.addEventListener("input", (event) => {
  const one = event.target.closest?.("[data-compose]");
  if (one && event.target.matches("textarea, [name=cc]")) later(one);
});

document.addEventListener("focusin", (event) => {
  if (event.target.closest?.("[data-compose]")) composer().dataset.touched = "";
});

document.addEventListener("paste", (event) => {
  if (event.target.closest?.("[data-compose]") && event.clipboardData.files.length) {
    event.preventDefault();
    give(event.clipboardData.files);
  }
});

document.addEventListener("dragover", (event) => {
  if (shown() && event.target.closest?.(".desk__talk") && event.dataTransfer.types.includes("Files")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (shown() && event.target.closest?.(".desk__talk") && event.dataTransfer.files.length) {
    event.preventDefault();
    give(event.dataTransfer.files);
  }
});

// Nothing typed is lost when the page goes: the draft that waits is sent along.
addEventListener("pagehide", () => {
  for (const one of composer()?.querySelectorAll("[data-compose]") ?? []) {
    if (timers.has(one) && one.querySelector("[data-saved]").hidden) save(one);
  }
});

// In public the first press asks, and only a second one within three seconds posts.
const ASK_MS = 3000;
let asking;

function ask(one, submitter) {
  const button = one.querySelector(".composer__send");
  const label = button.querySelector("span");
  const before = { text: label.textContent, value: button.value };
  label.textContent = button.dataset.asks;
  if (submitter?.name === "then") button.value = submitter.value;
  one.dataset.asking = "";
  document.getElementById("announce").textContent = button.dataset.asksWords;
  clearTimeout(asking);
  asking = setTimeout(() => {
    delete one.dataset.asking;
    label.textContent = before.text;
    button.value = before.value;
  }, ASK_MS);
}

document.addEventListener(
  "submit",
  (event) => {
    const one = event.target.closest?.('[data-compose="reply"][data-audience="public"]');
    if (!one || event.submitter?.name === "confirmed" || event.submitter?.formAction?.endsWith("/draft/")) return;
    const confirmed = one.querySelector("input[name=confirmed]");
    if (one.dataset.asking !== undefined) {
      clearTimeout(asking);
      delete one.dataset.asking;
      confirmed.value = "1";
    } else if (!confirmed.value) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(one, event.submitter);
    }
  },
  true,
);

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const one = event.target.closest?.("[data-compose]");
  if (!one || event.target !== one) return;
  clearTimeout(timers.get(one));
  timers.delete(one);
  const button = one.querySelector(".composer__send");
  button.style.minWidth = `${button.offsetWidth}px`;
  button.querySelector("span").textContent = button.dataset.sending;
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  const box = composer();
  if (!box || event.detail.target?.id !== "composer") return;
  if (box.dataset.undone !== undefined) {
    caretToEnd(form("reply").querySelector("textarea"));
    document.getElementById("toasts")?.replaceChildren();
  } else if (box.dataset.translated !== undefined) {
    form("reply").querySelector("#translated-text")?.focus();
  } else if (box.dataset.sent !== undefined) {
    document.querySelector(".talk-head__title")?.focus({ preventScroll: true });
  }
});

// What other parts of the page offer (a suggested answer) comes in by this event; it is never typed in unasked.
document.addEventListener("firstline:insert", (event) => {
  const text = form("reply")?.querySelector("textarea");
  if (!text) return;
  write("reply");
  const words = event.detail.text;
  text.setRangeText(text.value && !text.value.endsWith("\n") ? `\n\n${words}` : words, text.value.length, text.value.length, "end");
  caretToEnd(text);
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
