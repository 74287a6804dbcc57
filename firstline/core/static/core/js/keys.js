// Keys press what carries them: data-shortcut="e", "shift+e", "mod+enter" or "g i" on any link, button or field.
// Letters act only outside text fields and only while the person has not switched them off.
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const PRINTED = MAC
  ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵" }
  : { mod: "Ctrl", shift: "⇧", alt: "Alt", enter: "↵" };
const PREFIX_MS = 1200;
let prefix = "";
let prefixTimer;

function combo(event) {
  const key = event.key.toLowerCase();
  const named = /^[a-z]$|^enter$/.test(key);
  const parts = [];
  if (event.metaKey || event.ctrlKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && named) parts.push("shift");
  return [...parts, key].join("+");
}

function typing(target) {
  return Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

function find(keys, from) {
  const form = from.closest?.("form");
  const here = form?.querySelector(`[data-shortcut~="${CSS.escape(keys)}"]`);
  if (here) return here;
  const all = [...document.querySelectorAll("[data-shortcut]")].filter(
    (element) => element.dataset.shortcut.split("|").includes(keys) && !element.disabled && !element.closest("[hidden]"),
  );
  return all.find((element) => element.matches("input, textarea")) ?? all[0];
}

function press(element) {
  if (element.matches("textarea, input")) element.focus();
  else element.click();
}

function pending(keys) {
  clearTimeout(prefixTimer);
  prefix = keys;
  prefixTimer = setTimeout(() => (prefix = ""), PREFIX_MS);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const modified = event.metaKey || event.ctrlKey || event.altKey;
  if (!modified && event.key.length === 1) {
    if (typing(event.target) || document.body.dataset.shortcuts !== "on") return;
    if (document.querySelector("dialog[open], .popover:popover-open")) return;
    if (event.key === "?") return openKeys(event);
  }
  const single = combo(event);
  const keys = prefix ? `${prefix} ${single}` : single;
  const element = find(keys, event.target);
  if (element) {
    event.preventDefault();
    prefix = "";
    return press(element);
  }
  if (single === "g" && !prefix) pending("g");
  else prefix = "";
});

function openKeys(event) {
  event.preventDefault();
  document.getElementById("keys")?.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-keys-open]")) document.getElementById("keys")?.showModal();
  const dialog = event.target.closest?.("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-dialog-close]"))) dialog.close();
});

function print(root) {
  for (const key of root.querySelectorAll?.("kbd[data-key]") ?? []) {
    key.textContent = key.dataset.key.split("+").map((part) => PRINTED[part] ?? part).join(MAC ? "" : " ");
  }
}
print(document);
document.addEventListener("htmx:load", (event) => print(event.target));
