// Passkeys: asks the server what to do, has the browser do it, and sends its
// answer with the form. Without this file the form stays hidden, and the page says
// that passkeys need scripts.
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !navigator.credentials) continue;
    const without = document.getElementById(form.dataset.without);
    const problem = form.querySelector("[role=alert]");
    form.hidden = false;
    if (without) without.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        const answer = await fetch(form.action + "/begin", { method: "POST" });
        if (!answer.ok) throw new Error(String(answer.status));
        const { ceremony, options } = await answer.json();
        form.elements.ceremony.value = ceremony;
        form.elements.answer.value = JSON.stringify(await (form.dataset.passkey === "add" ? make(options) : sign(options)));
        form.submit();
      } catch {
        problem.hidden = false;
        button.disabled = false;
      }
    });
  }

  async function make(options) {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    for (const one of options.excludeCredentials || []) one.id = bytes(one.id);
    const made = await navigator.credentials.create({ publicKey: options });
    return answer(made, {
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    });
  }

  async function sign(options) {
    options.challenge = bytes(options.challenge);
    for (const one of options.allowCredentials || []) one.id = bytes(one.id);
    const signed = await navigator.credentials.get({ publicKey: options });
    return answer(signed, {
      authenticatorData: text(signed.response.authenticatorData),
      signature: text(signed.response.signature),
      userHandle: text(signed.response.userHandle || new ArrayBuffer(0)),
    });
  }

  // answer is what the server reads; no extension was asked for, so none is sent.
  function answer(credential, response) {
    response.clientDataJSON = text(credential.response.clientDataJSON);
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response };
  }

  function bytes(base64url) {
    return Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  }

  function text(buffer) {
    return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
})();
