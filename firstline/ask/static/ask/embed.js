// Put the ask form where this tag stands: <script async src="https://DESK/ask/embed.js" data-inbox="NAME"></script>
// It sets no cookie, loads nothing else and reads nothing of the page; the form lives in a frame of its own.
(() => {
  const tag = document.currentScript;
  const desk = new URL(tag.src).origin;
  const path = ["ask", "to", tag.dataset.inbox, tag.dataset.kind].filter(Boolean).map(encodeURIComponent).join("/");
  const frame = document.createElement("iframe");
  frame.src = `${desk}/${path}/?framed=1`;
  frame.title = tag.dataset.title || "Ask us";
  frame.width = "100%";
  frame.height = "640";
  frame.setAttribute("frameborder", "0");
  frame.loading = "lazy";
  frame.referrerPolicy = "no-referrer";
  frame.setAttribute("sandbox", "allow-forms allow-scripts allow-same-origin allow-popups");
  tag.after(frame);
  addEventListener("message", (event) => {
    const height = event.data?.firstlineHeight;
    if (event.source === frame.contentWindow && event.origin === desk && Number.isFinite(height)) {
      frame.height = String(Math.min(Math.max(height, 200), 6000));
    }
  });
})();
