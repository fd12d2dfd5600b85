// Files can be dropped anywhere on the page of the form; they are sent like
// chosen ones. Without this file they are chosen.
"use strict";

(() => {
  const input = document.querySelector("input[type=file]");
  if (!input) return;
  const place = input.closest(".drop") || input;

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) place.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
})();
