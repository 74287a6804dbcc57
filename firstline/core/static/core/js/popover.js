// Menus: placed beside the button that opened them, walked with the arrow keys, closed once something was chosen.
const GAP = 4;
const EDGE = 8;

function opener(popover) {
  return document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
}

function place(popover) {
  const button = opener(popover);
  if (!button || !button.getClientRects().length) {
    popover.removeAttribute("data-placed");
    return;
  }
  popover.setAttribute("data-placed", "");
  const at = button.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const below = at.bottom + GAP;
  const fits = below + size.height <= innerHeight - EDGE;
  const top = fits ? below : Math.max(EDGE, at.top - GAP - size.height);
  const rtl = document.documentElement.dir === "rtl";
  const end = popover.dataset.anchor === "end" ? rtl : !rtl;
  const wanted = end && popover.dataset.anchor !== "start" ? at.right - size.width : at.left;
  const left = Math.min(Math.max(EDGE, wanted), innerWidth - size.width - EDGE);
  popover.style.top = `${top}px`;
  popover.style.left = `${left}px`;
}

function items(popover) {
  return [...popover.querySelectorAll(".menu__item, input:not([type=hidden]), select, textarea, .button")].filter(
    (item) => item.getClientRects().length && !item.disabled,
  );
}

document.addEventListener(
  "beforetoggle",
  (event) => {
    const popover = event.target;
    if (event.newState !== "open" || !popover.classList?.contains("popover")) return;
    requestAnimationFrame(() => {
      if (!popover.matches(":popover-open")) return;
      place(popover);
      if (popover.contains(document.activeElement)) return; // who is quick has chosen already
      const [first] = items(popover);
      (popover.querySelector("[autofocus]") ?? first)?.focus({ preventScroll: true });
    });
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const popover = event.target.closest?.(".popover:popover-open");
  if (!popover || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const list = items(popover);
  const at = list.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
  event.preventDefault();
  list.at(next % list.length)?.focus();
});

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("[data-closes]");
  const popover = chosen?.closest(".popover:popover-open");
  if (popover) setTimeout(() => popover.isConnected && popover.hidePopover());
});

addEventListener("resize", () => document.querySelectorAll(".popover:popover-open").forEach(place));
