// Leave this page fast: Escape twice within a second, also while typing, or the
// button at the top. What is on the page goes at once; its place in the
// browser's history is taken by the page that follows, and the session ends, so
// that Back asks to sign in. What was typed and kept as a draft stays.
"use strict";

(() => {
  const button = document.querySelector("button[data-leave]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", leave);
  let last = -Infinity;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - last < 1000) return leave();
    last = event.timeStamp;
  }, true);

  // Should the browser bring back a page that was left, it shows nothing.
  window.addEventListener("pageshow", (event) => { if (event.persisted && !button.isConnected) location.reload(); });

  function leave() {
    const to = button.dataset.leave;
    fetch("/sign-out", { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
    document.documentElement.replaceChildren();
    location.replace(to);
  }
})();
