// The open conversation: it starts at its end, takes in what is new without moving what is read, and counts down to sending.
const NEAR_END = 80;
const WAIT_MS = 150;
let timer;
let running;

const open = () => document.getElementById("open");
const scroller = () => document.querySelector(".talk-scroll");
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;

function toEnd() {
  const box = scroller();
  if (box) box.scrollTop = box.scrollHeight;
}

function start() {
  const wanted = location.hash && document.querySelector(location.hash);
  if (wanted) wanted.scrollIntoView();
  else toEnd();
  const box = scroller();
  box?.addEventListener("scroll", () => atEnd(box) && settle(), { passive: true });
  if (box) new ResizeObserver(() => box.dataset.held === "end" && toEnd()).observe(box.firstElementChild);
  box?.setAttribute("data-held", "end");
  box?.addEventListener("wheel", () => box.removeAttribute("data-held"), { passive: true });
  box?.addEventListener("touchmove", () => box.removeAttribute("data-held"), { passive: true });
  box?.addEventListener("keydown", () => box.removeAttribute("data-held"));
}

function settle() {
  const button = document.querySelector("[data-new-below]");
  if (button && !button.hidden) {
    button.hidden = true;
    button.dataset.count = "0";
    htmx.trigger("#read-mark", "firstline:read");
  }
}

// Put what the server shows now into what the page shows: by key, leaving alone what has not changed.
function merge(fresh) {
  const old = document.getElementById("timeline");
  const have = new Map([...old.children].map((item) => [item.id, item]));
  const added = [];
  let before = null;
  for (const item of [...fresh.children].reverse()) {
    const mine = have.get(item.id);
    have.delete(item.id);
    let stays = mine;
    if (!mine) {
      old.insertBefore(item, before);
      added.push(item);
      stays = item;
    } else if (swap(mine, item)) {
      stays = item;
    } else if (mine.nextElementSibling !== before) {
      old.insertBefore(mine, before);
    }
    before = stays;
  }
  for (const gone of have.values()) gone.remove();
  added.forEach((item) => htmx.process(item));
  old.dataset.newest = fresh.dataset.newest;
  return added.reverse();
}

// Whether the fresh one took the old one's place: only when it says something else, and nobody is busy in the old one.
function swap(old, fresh) {
  if (old.dataset.rev === fresh.dataset.rev || busy(old)) return false;
  old.replaceWith(fresh);
  htmx.process(fresh);
  return true;
}

function busy(slot) {
  const typing = document.activeElement?.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  return slot.querySelector(".popover:popover-open") || (typing && slot.contains(document.activeElement));
}

async function refresh() {
  const pane = open();
  if (!pane?.dataset.conversation) return;
  if (running) return void (running = "again");
  running = "once";
  const all = await get(pane.dataset.fresh);
  const again = running === "again";
  running = "";
  if (pane !== open()) return;
  if (all) {
    take(all.querySelector("#timeline"));
    if (!document.querySelector("#talk-head .popover:popover-open")) heading(all.querySelector("#talk-head"));
    for (const slot of all.querySelectorAll("body > .slot")) {
      const mine = document.getElementById(slot.id);
      if (mine) swap(mine, slot);
    }
  }
  if (again) refresh();
}

function heading(fresh) {
  const focused = held(document.activeElement);
  document.getElementById("talk-head").replaceWith(fresh);
  htmx.process(fresh);
  if (focused) fresh.querySelector(focused)?.focus({ preventScroll: true });
}

// How the element that has the focus is found again in a fresh header.
function held(element) {
  if (!element?.closest?.("#talk-head")) return "";
  return element.dataset.shortcut ? `[data-shortcut="${CSS.escape(element.dataset.shortcut)}"]` : ".talk-head__title";
}

async function get(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function take(fresh) {
  const box = scroller();
  const followed = atEnd(box);
  const added = merge(fresh).filter((item) => item.matches(".message, .note"));
  tick();
  if (!added.length) return;
  const ours = added.every((item) => item.matches(".message--ours"));
  if (followed || ours) {
    toEnd();
    if (!document.hidden) htmx.trigger("#read-mark", "firstline:read");
  } else {
    tell(added.length);
  }
  const newest = added.at(-1);
  if (!ours) say(`${newest.querySelector(".message__who")?.textContent ?? ""}: ${newest.querySelector(".message__body")?.textContent.trim().slice(0, 200) ?? ""}`);
}

function tell(count) {
  const button = document.querySelector("[data-new-below]");
  const total = Number(button.dataset.count ?? 0) + count;
  button.dataset.count = total;
  button.hidden = false;
  button.querySelector("span").textContent = total === 1 ? button.dataset.one : button.dataset.many.replace("%d", total);
}

function say(words) {
  document.dispatchEvent(new CustomEvent("firstline:say", { detail: words }));
}

// "sending in 8 s" counts down; at nought the page asks how it went.
function tick() {
  for (const state of document.querySelectorAll("[data-seconds]")) {
    state.dataset.until ??= Date.now() + 1000 * Number(state.dataset.seconds);
    const left = Math.round((Number(state.dataset.until) - Date.now()) / 1000);
    const words = state.querySelector("span");
    if (left <= 0) {
      state.removeAttribute("data-seconds");
      setTimeout(refresh, 1200);
    } else {
      words.textContent = words.textContent.replace(/\d+/, left);
    }
  }
}
setInterval(tick, 1000);

// Where the sidebar is a drawer, its dock is also one line above the composer.
function line(within) {
  if (!matchMedia("(width < 80rem)").matches) return;
  for (const slot of within.querySelectorAll(".slot-line")) htmx.trigger(slot, "firstline:line");
}

document.body.addEventListener("htmx:load", (event) => line(event.detail.elt));
document.body.addEventListener("firstline:changed", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT_MS);
  line(document);
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "open" || event.detail.target?.id === "open") start();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-new-below]")) {
    toEnd();
    settle();
  }
  if (event.target.closest?.("[data-read-newer]")) {
    document.querySelector("#timeline .message:not(.message--ours):last-of-type")?.scrollIntoView({ block: "center" });
    document.querySelectorAll("input[name=seen]").forEach((input) => (input.value = document.getElementById("timeline").dataset.newest));
    document.querySelector(".composer__stale")?.remove();
  }
  const copy = event.target.closest?.("[data-copy], [data-copy-text]");
  if (copy) {
    const code = copy.closest(".codeblock")?.querySelector("details pre") ?? copy.closest(".codeblock")?.querySelector("pre");
    navigator.clipboard?.writeText(copy.dataset.copyText ?? code?.textContent ?? "");
    copy.setAttribute("data-copied", "");
    setTimeout(() => copy.removeAttribute("data-copied"), 1500);
  }
});

start();
