// Puts what stands in an element with data-insert into the statement, where the
// cursor is. Without this file it is there to be copied.
"use strict";

(() => {
  for (const code of document.querySelectorAll("[data-insert]")) {
    const field = document.getElementById(code.dataset.insert);
    if (!field) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = code.dataset.label;
    button.addEventListener("click", () => {
      const alone = code.hasAttribute("data-alone"); // a quotation stands on lines of its own
      const text = alone ? `\n\n${code.textContent}\n\n` : code.textContent;
      field.focus();
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true })); // the draft is kept as after a key
    });
    code.after(" ", button);
  }
})();
