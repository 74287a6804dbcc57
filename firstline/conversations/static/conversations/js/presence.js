// Who looks at the open conversation and who writes: said every 20 s while the page is seen, forgotten after 45 s.
const AGAIN_MS = 20000;
const FORGET_MS = 45000;
const WRITING_MS = 6000;
const desk = document.querySelector(".desk");
const people = new Map();
let opened = "";
let wrote = 0;

const box = () => document.getElementById("presence");
const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };

function say(state, url = box()?.dataset.url) {
  if (url) fetch(url, { method: "POST", headers, keepalive: true, body: new URLSearchParams({ state }) }).catch(() => null);
}

function look() {
  const pk = document.getElementById("open")?.dataset.conversation ?? "";
  if (pk !== opened) {
    people.clear();
    opened = pk;
  }
  if (pk && !document.hidden) say("looking");
}

// Names come from the menu of colleagues that the page holds already; the stream carries ids only.
function named(pk) {
  const item = document.querySelector(`#assign-menu [name=to][value="${CSS.escape(String(pk))}"]`);
  return item && { initials: item.querySelector(".avatar").textContent, name: item.lastChild.textContent.trim() };
}

function draw() {
  const place = box();
  if (!place) return;
  const now = Date.now();
  const shown = [];
  for (const [pk, one] of people) {
    if (now - one.seen > FORGET_MS) people.delete(pk);
    const who = people.has(pk) && named(pk);
    if (!who) continue;
    const writes = now - one.wrote < WRITING_MS;
    const avatar = document.createElement("span");
    avatar.className = "avatar avatar--sm";
    avatar.dataset.kind = "agent";
    avatar.dataset.presence = writes ? "writing" : "looking";
    avatar.setAttribute("role", "img");
    avatar.setAttribute("aria-label", (writes ? place.dataset.writes : place.dataset.looks).replace("NAME", who.name));
    avatar.title = avatar.getAttribute("aria-label");
    avatar.textContent = who.initials;
    shown.push(avatar);
  }
  place.replaceChildren(...shown);
}

document.addEventListener("firstline:presence", (event) => {
  const { kind, conversation, person } = event.detail;
  if (String(conversation) !== opened || String(person) === desk.dataset.me) return;
  const now = Date.now();
  const known = people.get(person);
  if (kind === "presence.left") people.delete(person);
  else people.set(person, { seen: now, wrote: kind === "presence.writing" ? now : 0 });
  if (!known && kind !== "presence.left" && !document.hidden) say("looking"); // whoever comes hears who is here
  draw();
});

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("[data-compose]") || Date.now() - wrote < WRITING_MS / 2) return;
  wrote = Date.now();
  say("writing");
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "open") say("left");
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "open" || event.detail.target?.id === "open") look();
});
document.addEventListener("visibilitychange", () => (document.hidden ? say("left") : look()));
addEventListener("pagehide", () => say("left"));
setInterval(look, AGAIN_MS);
setInterval(draw, WRITING_MS / 2);
look();
