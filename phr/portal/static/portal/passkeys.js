// Asks the browser for a passkey, and sends what it answers with the form. On the page
// for signing in it also asks to have passkeys offered where the user name is typed.
"use strict";

const ONE_IS_VALID = 4 * 60_000; // a minute less than on the server
let offered = null; // ends what is offered with the user name

const ceremonies = {
  async "sign-in"(form, how) {
    const begun = await fetch(form.dataset.begin, { method: "POST" });
    if (!begun.ok) throw new Error(begun.statusText);
    const { challenge, options } = await begun.json();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return { challenge, credential: await navigator.credentials.get({ publicKey, ...how }) };
  },
  async add(form) {
    const options = JSON.parse(form.dataset.options);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return { challenge: form.elements.challenge.value, credential };
  },
};

async function answer(form, how) {
  const { challenge, credential } = await ceremonies[form.dataset.passkey](form, how);
  form.elements.challenge.value = challenge;
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

function offer(form) {
  const ending = new AbortController();
  offered = ending;
  const { signal } = ending;
  const ages = setTimeout(() => {
    ending.abort();
    if (!document.hidden) offer(form);
    else document.addEventListener("visibilitychange", () => offer(form), { once: true });
  }, ONE_IS_VALID);
  signal.addEventListener("abort", () => clearTimeout(ages));
  // The button and the password are there, whatever becomes of this.
  answer(form, { mediation: "conditional", signal }).catch(() => {});
}

async function offerWithTheName(form) {
  if (form.dataset.passkey !== "sign-in") return;
  if (await PublicKeyCredential.isConditionalMediationAvailable?.()) offer(form);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    offered?.abort(); // a browser asks for one at a time
    try {
      await answer(form);
    } catch {
      failed.hidden = false;
      offerWithTheName(form);
    }
  });
  offerWithTheName(form);
}
