// What is typed into a form is kept on the server as it is typed, and nowhere
// in the browser. Without a connection it stays in the page and is sent again.
// Pages work without this file; a form sent is a form sent.
"use strict";

(() => {
  const wait = 800;      // milliseconds after the last key
  const longest = 30000; // between two attempts without a connection

  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);

  function keep(form) {
    const state = form.querySelector(".draft");
    let timer, pause = wait, sent = "", dirty = false;

    function body() {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string") fields.append(name, value);
      }
      fields.set("_form", form.dataset.draft);
      fields.set("_about", form.dataset.about || "");
      fields.set("_at", location.pathname + location.search);
      return fields.toString();
    }

    function say(word) {
      if (!state) return;
      state.textContent = word ? state.dataset[word] : "";
      state.dataset.state = word; // for the style sheet: what is lost stands out
    }

    async function send() {
      const now = body();
      if (now === sent) return;
      say("keeping");
      try {
        const answer = await fetch(form.dataset.drafts, {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body: now,
        });
        if (!answer.ok) throw new Error(String(answer.status));
        sent = now;
        pause = wait;
        dirty = body() !== sent;
        say("kept");
        if (dirty) later();
      } catch {
        say("lost");
        pause = Math.min(pause * 2, longest);
        later();
      }
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(send, pause);
    }

    form.addEventListener("input", () => { dirty = true; pause = wait; later(); });
    form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; });
    window.addEventListener("online", () => { if (dirty) { pause = wait; later(); } });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  }
})();
