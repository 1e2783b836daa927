"""Forms that are sent with nothing right in them, and what is then wrong there."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.access.portal_rows import PORTAL
from tests.every_page import PAGES, Visit

# Forms of which the table of access has no row with what is typed.
ALSO = [
    Visit("nobody", "/sign-in/"),
    Visit("nobody", "/sign-up/"),
    Visit("nobody", "/sign-up/doctor/"),
    Visit("alice", "/account/second-factor/"),
]
# A button is pressed there, or the form is not shown to who signed in like this.
WITHOUT_FIELDS = {"/patients/{patient_id}/hand-over/", "/emergency/"}
WITH_FIELDS = "main form[method=post]:has(textarea, select, input:not([type=hidden]))"
MAKE_WRONG = """(form) => {
  form.noValidate = true;
  for (const field of form.elements) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = false;
    else if (["date", "time", "number"].includes(field.type)) field.value = "";
    else if (field.tagName === "SELECT") field.add(new Option("?", "?", true, true));
    else if (field.tagName !== "BUTTON" && field.type !== "hidden") {
      field.value = "?".repeat(30_000);
    }
  }
  form.requestSubmit(form.querySelector("button:not([type=button], [name=show])"));
}"""
NOT_LINKED = """() => [...document.querySelectorAll("main .error")].filter((error) => {
  const told = [...document.querySelectorAll(`[aria-describedby~="${error.id}"]`)];
  const fields = told.flatMap(
    (e) => (e.localName === "fieldset" ? [...e.querySelectorAll("input")] : [e]));
  return !fields.length || fields.some((e) => e.ariaInvalid !== "true");
}).map((error) => `No field is told of ${error.outerHTML}`)"""
LEADING_NOWHERE = """() => [...document.querySelectorAll(".mistakes a")].filter(
  (link) => !document.querySelector(link.hash)
).map((link) => `It leads nowhere: ${link.outerHTML}`)"""


def forms() -> Iterator[Visit]:
    """Each page of the table of access with a form, and somebody who may open it."""
    readers = {path: visit for visit, path in PAGES.items()}
    typed = {row.path for row in PORTAL if row.method == "POST" and row.body}
    for path in sorted(typed - WITHOUT_FIELDS):
        if path in readers:
            yield readers[path]
    yield from ALSO


def send_all_wrong(page: Page) -> None:
    page.locator(WITH_FIELDS).first.evaluate(MAKE_WRONG)


def faults_of_mistakes(page: Page) -> list[str]:
    """What is wrong with how a page says what was wrong."""
    not_linked: list[str] = page.evaluate(NOT_LINKED)
    nowhere: list[str] = page.evaluate(LEADING_NOWHERE)
    return not_linked + nowhere
