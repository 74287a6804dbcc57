// X marks rows; the bar at the list's foot then does one thing to all of them, one after the other.
const rows = document.getElementById("rows");
const bar = document.getElementById("bulk");
const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };

const selected = () => [...rows.querySelectorAll("[data-selected]")];

function show() {
  const count = selected().length;
  bar.hidden = count === 0;
  const words = bar.querySelector("[data-count]");
  words.textContent = words.dataset.count.replace("%d", count);
}

async function act(button) {
  let failed = 0;
  for (const link of selected()) {
    const pk = link.parentElement.id.slice("row-".length);
    const body = new URLSearchParams(button.name ? { [button.name]: button.value } : {});
    const answer = await fetch(button.dataset.url.replace("/0/", `/${pk}/`), { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok) link.removeAttribute("data-selected");
    else failed += 1;
  }
  show();
  if (failed) document.dispatchEvent(new CustomEvent("firstline:say", { detail: bar.dataset.failed.replace("%d", failed) }));
}

rows.addEventListener("firstline:selected", show);
bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.url) act(button);
  else if (button) {
    for (const link of selected()) link.removeAttribute("data-selected");
    show();
  }
});
