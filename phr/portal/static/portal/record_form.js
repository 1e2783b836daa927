// The form of a record: in which time zone its day is meant, as this browser knows.
"use strict";

const form = document.getElementById("record-form");

function fillInOffset() {
  const [day, time, offset] = ["visit_day", "visit_time", "visit_offset"].map(
    (name) => form.elements[name],
  );
  const visit = new Date(`${day.value}T${time.value || "12:00"}`);
  if (!Number.isNaN(visit.getTime())) {
    offset.value = -Math.round(visit.getTimezoneOffset());
  }
}

// A visit that is there already stays in the zone that it was written in.
if (!form.elements.version.value) {
  form.addEventListener("submit", fillInOffset);
}

// Pressing twice saves once.
let isSent = false;
form.addEventListener("submit", (event) => {
  if (isSent) {
    event.preventDefault();
  }
  isSent = true;
});
window.addEventListener("pageshow", () => {
  isSent = false;
});
