// The title is one line of text however long it gets; "Publish changes" comes forward once something was changed.
for (const title of document.querySelectorAll("[data-one-line]")) {
  title.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
  title.addEventListener("input", () => {
    if (title.value.includes("\n")) title.value = title.value.replace(/\s*\n\s*/g, " ");
  });
}

const publish = document.querySelector("[data-publish]");
for (const field of document.querySelectorAll("#article-source, #article-title")) {
  field.addEventListener("input", () => publish?.classList.replace("button--edge", "button--main"));
}
