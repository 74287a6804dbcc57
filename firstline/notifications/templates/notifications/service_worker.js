{% load static %}// Shows pushes, and a page of its own while there is no connection. It keeps no page of the desk.
const KEPT = "offline-1";
const OFFLINE = "{% url 'notifications:offline' %}";
const FILES = [OFFLINE, "{% static 'core/css/tokens.css' %}", "{% static 'core/css/base.css' %}", "{% static 'core/css/layout.css' %}", "{% static 'core/css/components/button.css' %}", "{% static 'core/css/components/empty.css' %}"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const stale = caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))));
  event.waitUntil(stale.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (request.method === "GET" && FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request.url)));
  }
});

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  const shown = { body: said.body, tag: said.tag, renotify: Boolean(said.tag), icon: "{% static 'core/icons/icon-192.png' %}", data: { url: said.url } };
  event.waitUntil(self.registration.showNotification(said.title || "Firstline", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data?.url || "/", self.location.origin);
  if (target.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window" });
    const open = pages.find((page) => page.url === target.href);
    return open ? open.focus() : self.clients.openWindow(target.href);
  })());
});
