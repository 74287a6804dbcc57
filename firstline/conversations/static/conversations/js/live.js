// Live updates: the stream carries ids; this page fetches the one row that moved, the counters, and what is open.
const JITTER_MS = 300;
const COUNTS_MS = 1000;
const RETRY_MS = 3000;
const desk = document.querySelector(".desk");
const rows = document.getElementById("rows");
const waiting = new Map();
let countsTimer;
let source;
let lost = false;
let heard = new Date();

function connect() {
  source = new EventSource(desk.dataset.stream);
  source.addEventListener("change", (event) => heardOf(JSON.parse(event.data)));
  source.addEventListener("resync", lookAgain);
  source.addEventListener("bye", () => {
    source.close();
    location.reload();
  });
  source.addEventListener("open", () => {
    if (lost) lookAgain(); // the stream does not repeat what it said while this page was away
    else fresh(true);
    lost = false;
  });
  source.addEventListener("error", () => {
    lost = true;
    fresh(false);
  });
}

function lookAgain() {
  fresh(true);
  counts();
  reload();
  document.body.dispatchEvent(new CustomEvent("firstline:bell"));
  document.body.dispatchEvent(new CustomEvent("firstline:changed"));
}

function fresh(well) {
  const line = document.getElementById("list-stale");
  if (well) heard = new Date();
  const words = line.querySelector("span");
  words.textContent = words.dataset.words.replace("TIME", heard.toTimeString().slice(0, 5));
  if (well) line.hidden = true;
  else setTimeout(() => (line.hidden = source.readyState === EventSource.OPEN), 4000);
}

function heardOf(news) {
  if (news.kind.startsWith("presence.")) document.dispatchEvent(new CustomEvent("firstline:presence", { detail: news }));
  else if (news.kind === "notification.made") document.body.dispatchEvent(new CustomEvent("firstline:bell"));
  else changed(news);
}

function changed({ conversation }) {
  counts();
  if (!conversation) return;
  clearTimeout(waiting.get(conversation));
  waiting.set(
    conversation,
    setTimeout(() => {
      waiting.delete(conversation);
      row(conversation);
      if (document.getElementById("open")?.dataset.conversation === String(conversation)) {
        document.body.dispatchEvent(new CustomEvent("firstline:changed"));
      }
    }, Math.random() * JITTER_MS),
  );
}

function counts() {
  clearTimeout(countsTimer);
  countsTimer = setTimeout(() => document.body.dispatchEvent(new CustomEvent("firstline:counts")), COUNTS_MS);
}

async function fetched(url, target = "") {
  const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": target } }).catch(() => null);
  return answer?.redirected ? null : answer;
}

// The row as it is now: put where its order says, or taken out when it left the view. The open one stays to be read.
async function row(pk) {
  const answer = await fetched(`/conversations/${pk}/row/?view=${desk.dataset.view}`);
  const old = document.getElementById(`row-${pk}`);
  if (!answer) {
    setTimeout(() => row(pk), RETRY_MS); // the network was away, not the conversation
    return;
  }
  if (answer.status !== 200) {
    if (old) leave(old);
    return;
  }
  const item = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("li");
  const link = item.querySelector(".list-row");
  const was = old?.querySelector(".list-row");
  if (was?.getAttribute("aria-current") === "true") {
    link.setAttribute("aria-current", "true");
    link.removeAttribute("data-unread");
  }
  if (was?.hasAttribute("data-selected")) link.setAttribute("data-selected", "");
  const focused = was === document.activeElement;
  place(item, old);
  htmx.process(item);
  if (focused) link.focus({ preventScroll: true });
  recount();
}

function place(item, old) {
  const group = [...rows.querySelectorAll("ul[data-group]")].find((list) => list.dataset.group === item.dataset.groupOf);
  if (!group) {
    reload();
    return;
  }
  if (old && old.parentElement === group && old.dataset.order === item.dataset.order) {
    old.replaceWith(item);
    return;
  }
  old?.remove();
  const newestFirst = desk.dataset.newestFirst !== undefined;
  const after = [...group.children].find((one) => (newestFirst ? precedes(one, item) : precedes(item, one)));
  if (!after && document.getElementById("rows-more")) return;
  group.insertBefore(item, after ?? null);
}

function precedes(first, second) {
  const [a, b] = [first, second].map((one) => one.dataset.order.split(","));
  const [at, bt] = [Date.parse(a[0]), Date.parse(b[0])];
  return at < bt || (at === bt && Number(a[1]) < Number(b[1]));
}

function leave(old) {
  if (old.querySelector('[aria-current="true"]')) old.classList.add("row-left");
  else old.remove();
  recount();
}

function recount() {
  for (const head of rows.querySelectorAll("[data-group-head]")) {
    const list = head.nextElementSibling;
    const count = list.children.length;
    head.querySelector(".count").textContent = count;
    head.hidden = count === 0;
  }
  if (!rows.querySelector(".list-row") && !rows.querySelector(".empty")) reload();
}

// The whole list anew; who works by keys keeps their place in it, and what they had selected.
async function reload() {
  const answer = await fetched(rows.dataset.url, "rows");
  if (!answer?.ok) return;
  const text = await answer.text();
  const focused = document.activeElement.closest?.("#rows li")?.id;
  const selected = [...rows.querySelectorAll("[data-selected]")].map((link) => link.parentElement.id);
  rows.innerHTML = text;
  htmx.process(rows);
  const link = (id) => document.getElementById(id)?.querySelector(".list-row");
  link(`row-${document.getElementById("open")?.dataset.conversation}`)?.setAttribute("aria-current", "true");
  for (const id of selected) link(id)?.setAttribute("data-selected", "");
  if (focused) link(focused)?.focus({ preventScroll: true });
}

document.body.addEventListener("firstline:changed", (event) => {
  if (event.detail?.conversation) changed(event.detail);
});

if (desk.dataset.stream) connect();
