// Puts what stands behind the # of a mailed link into the form, and out of sight.
"use strict";

const key = new URLSearchParams(location.hash.slice(1)).get("key");
const field = document.querySelector("[data-link]");
if (key && field) {
  field.value = key;
  field.closest(".field").hidden = true;
  history.replaceState(null, "", location.pathname); // not into the browser's history
}
