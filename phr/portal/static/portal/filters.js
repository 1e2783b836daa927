// What is not asked for does not stand in the address of a filtered list.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "filters") {
    return;
  }
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) {
    if (parameters[name] === "") {
      delete parameters[name];
    }
  }
});
