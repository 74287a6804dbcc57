// The exact moment of every time on hover, in the reader's own words for it.
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.("time[datetime]:not([title])");
  if (time) time.title = new Date(time.dateTime).toLocaleString([], { dateStyle: "full", timeStyle: "short" });
});
