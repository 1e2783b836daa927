// Suggests the browser's time zone where none is chosen. It is sent with the form alone.
"use strict";

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const field of document.querySelectorAll("[data-browser-zone]")) {
  if (field.value || !browserZone) continue;
  field.value = browserZone;
  // Of a name that the list does not have nothing would be chosen.
  if (!field.value) field.value = "";
}
