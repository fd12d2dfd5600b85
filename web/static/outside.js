// Lets a signed text be chosen as a file: it is put into the field, where it can
// be read before it is sent. Without this file it is pasted.
"use strict";

(() => {
  for (const field of document.querySelectorAll("textarea[data-file]")) {
    const label = document.createElement("label");
    label.className = "no-print";
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".txt,text/plain";
    label.append(field.dataset.file, " ", input);
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file || file.size > 65535) return; // no signed text is that long
      field.value = await file.text();
      field.focus();
    });
    field.after(" ", label);
  }
})();
