// Keys for frequent acts; /help lists them. No key does anything while
// somebody types in a field, and none does what a link on the page does not.
"use strict";

(() => {
  const parts = { o: "", s: "sources", e: "exhibits", r: "records", p: "persons", i: "incidents", f: "figures", d: "dossiers", j: "journal" };
  let first = "";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key;
    if (first === "g" && key in parts) {
      first = "";
      go(parts[key]);
      return event.preventDefault();
    }
    first = key === "g" ? "g" : "";
    switch (key) {
      case "/": if (focus("#search")) event.preventDefault(); break;
      case "?": location.href = "/help"; break;
      case "j": step(1); break;
      case "k": step(-1); break;
      case "n": follow("a[data-new]"); break;
    }
  });

  function typing(at) {
    return at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  }

  function go(part) {
    const home = document.querySelector(".case-title");
    if (home) location.href = home.getAttribute("href") + (part ? "/" + part : "");
  }

  function focus(what) {
    const found = document.querySelector(what);
    if (found) found.focus();
    return found;
  }

  function follow(what) {
    const found = document.querySelector(what);
    if (found) location.href = found.href;
  }

  function step(by) {
    const rows = [...document.querySelectorAll("table.list tbody tr, .things li")].map((row) => row.querySelector("a")).filter(Boolean);
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))].focus();
  }
})();
