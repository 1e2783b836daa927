// Says when the server cannot be reached, and goes on by itself as soon as it can be.
// What somebody has typed is sent only to a server that answers: a browser would put
// its own page of an error in the place of the form.
"use strict";

const connection = document.getElementById("connection");
const PATIENCE = 10_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;
const AWAY = [502, 503, 504]; // said by what stands before the server
const TYPED = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";

let isGone = false;
let isAsking = false;
let pause = FIRST_PAUSE;
let held = null; // the form that waits, and the button that was pressed
let passing = null; // the form that is being sent right now
const missed = new Map(); // what htmx could not load, by the element that wanted it

function tell(what) {
  const words = document.getElementById(`connection-${what}`);
  connection.replaceChildren(words.content.cloneNode(true));
}

async function canBeReached() {
  const signal = AbortSignal.timeout(PATIENCE);
  const how = { cache: "no-store", headers: { "X-Background": "1" }, signal };
  const answer = await fetch(connection.dataset.ask, how).catch(() => null);
  return answer !== null && !AWAY.includes(answer.status);
}

function miss() {
  tell(held ? "waiting" : "gone");
  if (isGone) return;
  isGone = true;
  pause = FIRST_PAUSE;
  setTimeout(tryAgain, pause);
}

async function tryAgain() {
  if (!isGone || isAsking) return;
  isAsking = true;
  const isBack = await canBeReached();
  isAsking = false;
  if (isBack) {
    goOn();
  } else {
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    setTimeout(tryAgain, pause);
  }
}

function goOn() {
  isGone = false;
  tell("back");
  setTimeout(() => { if (!isGone) connection.replaceChildren(); }, 5_000);
  const wanted = [...missed];
  missed.clear();
  for (const [source, path] of wanted) {
    if (source.isConnected) htmx.ajax("GET", path, { source }).catch(() => {});
  }
  const waiting = held;
  held = null;
  if (waiting) send(waiting);
}

function send({ form, button }) {
  passing = form;
  form.requestSubmit(button);
  passing = null;
}

function mayWait(form) {
  const isSent = form.getAttribute("method") === "post" && form !== passing;
  return isSent && (isGone || form.querySelector(TYPED) !== null);
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  if (!mayWait(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // nobody else is to believe that it is sent
  if (form.dataset.isAsked) return; // pressed twice
  form.dataset.isAsked = "yes";
  const isThere = await canBeReached();
  delete form.dataset.isAsked;
  if (isThere) {
    send({ form, button });
  } else {
    held = { form, button };
    miss();
  }
}, true);

connection.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keep-back]")) return;
  held = null;
  tell("gone");
});

function noteMissed({ detail }) {
  missed.set(detail.elt, detail.requestConfig.path);
  miss();
}

document.addEventListener("htmx:sendError", noteMissed);
document.addEventListener("htmx:timeout", noteMissed);
document.addEventListener("htmx:responseError", (event) => {
  const { requestConfig, pathInfo, xhr } = event.detail;
  if (AWAY.includes(xhr.status)) noteMissed(event);
  // Opened as a page, it says in words what is wrong.
  else if (!requestConfig.headers["X-Background"]) location.assign(pathInfo.finalRequestPath);
});
window.addEventListener("offline", miss);
window.addEventListener("online", tryAgain);
