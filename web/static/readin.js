// A file of text can be chosen, or dropped, to be read into the field for it: it is
// sent as typed text is. Without this file its text is pasted.
"use strict";

(() => {
  for (const place of document.querySelectorAll("[data-read-into]")) {
    const field = place.querySelector("textarea[name=" + CSS.escape(place.dataset.readInto) + "]");
    if (!field) continue;
    const input = document.createElement("input"), label = document.createElement("label");
    input.type = "file";
    input.accept = ".json,application/json,text/plain";
    label.textContent = place.dataset.choose + " ";
    label.append(input);
    place.before(label);
    input.addEventListener("change", () => { if (input.files.length) read(input.files[0]); });
    field.addEventListener("dragover", (event) => event.preventDefault());
    field.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      read(event.dataTransfer.files[0]);
    });

    async function read(file) {
      field.value = await file.text();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
})();
