// Asks the browser for a passkey, and sends what it answers with the form.
"use strict";

const ceremonies = {
  async "sign-in"(form) {
    const begun = await fetch(form.dataset.begin, { method: "POST" });
    if (!begun.ok) throw new Error(begun.statusText);
    const { challenge, options } = await begun.json();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return { challenge, credential: await navigator.credentials.get({ publicKey }) };
  },
  async add(form) {
    const options = JSON.parse(form.dataset.options);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return { challenge: form.elements.challenge.value, credential };
  },
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const { challenge, credential } = await ceremonies[form.dataset.passkey](form);
      form.elements.challenge.value = challenge;
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
