// Keeps what is typed into forms with `data-keep` in this tab until it is saved, for the
// case that the connection or the session is lost. Passwords are never kept.
"use strict";

const person = document.body.dataset.person ?? "";
const keyOf = (form) => `draft:${person}:${location.pathname}:${form.dataset.keep}`;
const SENT = "sent";

function forget(isMine) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("draft:") && isMine(key)) sessionStorage.removeItem(key);
  }
}

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type),
  );
}

function save(form) {
  const values = fieldsOf(form).map((field) => [
    field.name, field.value, ["checkbox", "radio"].includes(field.type) ? field.checked : null,
  ]);
  sessionStorage.setItem(keyOf(form), JSON.stringify(values));
}

function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (!kept || form.querySelector(".problem, .wrong")) return; // the server has it, too
  let changed = false;
  for (const [name, value, checked] of JSON.parse(kept)) {
    for (const field of fieldsOf(form).filter((each) => each.name === name)) {
      if (checked === null && field.value !== value) {
        field.value = value;
        changed = true;
      } else if (checked !== null && field.value === value && field.checked !== checked) {
        field.checked = checked;
        changed = true;
      }
    }
  }
  if (changed) form.before(document.getElementById("kept").content.cloneNode(true));
}

const forms = document.querySelectorAll("form[data-keep]");
const [visit] = performance.getEntriesByType("navigation");
const sent = sessionStorage.getItem(SENT);
const standsHere = [...forms].some((form) => keyOf(form) === sent);
// Sent, and led to another page, or back to the same one by a redirect: it is saved.
if (sent && person && (!standsHere || (visit?.type === "navigate" && visit.redirectCount))) {
  sessionStorage.removeItem(sent);
}
sessionStorage.removeItem(SENT);
if (person) forget((key) => !key.startsWith(`draft:${person}:`));

for (const form of forms) {
  restore(form);
  form.addEventListener("input", () => save(form));
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, keyOf(form)));
}
for (const form of document.querySelectorAll("form[data-forget]")) {
  form.addEventListener("submit", () => forget(() => true));
}
