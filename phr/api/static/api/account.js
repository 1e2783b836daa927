"use strict";
// Sends what stands behind the # of a mailed link to the API, with the form's fields.
const form = document.getElementById("answer");
const outcome = document.getElementById("outcome");
const key = new URLSearchParams(location.hash.slice(1)).get("key");

function tell(problem) {
  const faults = (problem.errors || []).map((fault) => fault.message);
  outcome.textContent = faults.length ? faults.join(" ") : problem.detail;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  outcome.textContent = "";
  const body = Object.fromEntries(new FormData(form));
  try {
    const answer = await fetch(form.dataset.to, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, key }),
    });
    if (!answer.ok) return tell(await answer.json());
    form.hidden = true;
    outcome.textContent = outcome.dataset.done;
  } catch {
    outcome.textContent = "The server cannot be reached. Please try again.";
  }
});

if (key) {
  form.hidden = false;
  history.replaceState(null, "", location.pathname); // not into the browser's history
} else {
  outcome.textContent = "This link is incomplete. Open it from the mail again.";
}
