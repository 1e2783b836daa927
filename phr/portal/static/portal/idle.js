// Asks a minute before a session ends whether somebody is still there. All tabs count
// together: each notes in localStorage when somebody was last seen.
"use strict";

const idle = document.getElementById("idle");
const lasts = Number(idle.dataset.seconds) * 1000;
const MINUTE = 60_000;
const SEEN = "seen";
let isLeaving = false; // signing out, which empties the storage

const seen = () => Number(localStorage.getItem(SEEN)) || 0;
const note = () => localStorage.setItem(SEEN, String(Date.now()));

async function stay() {
  note();
  const answer = await fetch(idle.dataset.stay, { cache: "no-store" }).catch(() => null);
  if (answer?.ok && !(await answer.json()).signed_in) leave();
}

function leave() {
  const back = encodeURIComponent(location.pathname + location.search);
  location.assign(`${idle.dataset.leave}?note=ended&next=${back}`);
}

function look() {
  if (isLeaving) return;
  const left = seen() + lasts - Date.now();
  if (left <= -5_000) leave(); // a little later than the server
  else if (left <= MINUTE && !idle.open) idle.showModal();
  else if (left > MINUTE && idle.open) idle.close();
}

note();
idle.addEventListener("close", () => { if (seen() + lasts - Date.now() <= MINUTE) stay(); });
document.addEventListener("input", () => { if (Date.now() - seen() > MINUTE) stay(); });
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.requestConfig.headers["X-Background"]) note();
});
document.addEventListener("submit", (event) => {
  if ("forget" in event.target.dataset) isLeaving = true;
});
window.addEventListener("storage", look);
window.addEventListener("pageshow", () => { isLeaving = false; look(); });
setInterval(look, 5_000);
