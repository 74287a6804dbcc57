// Switches pushes to this browser on; what is on stands in the list, and is switched off there.
const place = document.querySelector("[data-push-key]");
const button = place?.querySelector("button");
const said = place?.querySelector("[data-push-said]");

function keyBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error(place.dataset.refused);
  const worker = await navigator.serviceWorker.ready;
  const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(place.dataset.pushKey) });
  const { endpoint, keys } = given.toJSON();
  const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
  const body = new URLSearchParams({ endpoint, key: keys.p256dh, secret: keys.auth });
  const answer = await fetch(place.dataset.pushUrl, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(place.dataset.failed);
  location.reload();
}

if (button && "serviceWorker" in navigator && "PushManager" in window && window.isSecureContext) {
  button.hidden = false;
  said.textContent = "";
  button.addEventListener("click", () => {
    button.disabled = true;
    switchOn().catch((error) => {
      said.textContent = error.message === place.dataset.refused ? place.dataset.refused : place.dataset.failed;
      button.disabled = false;
    });
  });
}
