// Shows a field only with the choices that give it a meaning: data-when names the choice, data-values its values.
const fields = document.querySelectorAll("[data-when]");

function show() {
  for (const field of fields) {
    const choice = document.getElementsByName(field.dataset.when)[0];
    field.hidden = !field.dataset.values.split(" ").includes(choice?.value ?? "");
  }
}

document.addEventListener("change", show);
show();
