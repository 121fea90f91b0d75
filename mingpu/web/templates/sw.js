// Keeps the mall's own files and the offline page, nothing else: no page, no answer of the API, nothing personal.
const SHELF = "mingpu-{{ version }}";
const OFFLINE = "{% to 'offline' %}";
// Pictures of goods stay out: what lies here must not tell what was looked at.
const OURS = new RegExp("^{% get_static_prefix %}(css|js|vendor|brand|icons)\\b");
const NAMED_BY_CONTENT = /\.[0-9a-f]{12}\./;
const FILES = [
  "{% static 'css/core.css' %}", "{% static 'css/layout.css' %}", "{% static 'css/components.css' %}", "{% static 'css/pages.css' %}",
  "{% static 'icons.svg' %}", "{% static 'brand/logo.svg' %}",
];

self.addEventListener("install", (event) => {
  const page = new Request(OFFLINE, { credentials: "omit", cache: "reload" });
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll([page, ...FILES])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function fromShelf(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request);
  if (kept && NAMED_BY_CONTENT.test(request.url)) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.type === "basic") await shelf.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (OURS.test(url.pathname)) event.respondWith(fromShelf(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
});
