"""With a keyboard alone: Tab, Enter, Space, and the arrows."""

from playwright.sync_api import Page, expect

from phr.care.models import DoctorProfile, PatientProfile
from tests.browser.conftest import PageOf
from tests.browser.steps import card_of

FURTHEST = 60  # Tabs: more than there are stops on a page
FOCUSED = """() => {
  const e = document.activeElement;
  const labels = [...(e.labels || [])].map((label) => label.textContent);
  return [e.getAttribute("aria-label"), ...labels, e.textContent].filter(Boolean)
    .join(" ").replace(/\\s+/g, " ").trim();
}"""
OUTLINED = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"


def tab_to(page: Page, name: str) -> None:
    """Go from stop to stop until the one with this name, each of which can be seen."""
    passed = []
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1].startswith(name):
            assert page.evaluate(OUTLINED), f"{name} has the focus, unseen"
            return
    raise AssertionError(f"{name} is not among {passed}")


def enter(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def test_the_first_stop_leads_past_the_places(
    alice: PatientProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    page.goto("/records/")

    enter(page, "Skip to the content")

    expect(page.get_by_role("main")).to_be_focused()


def test_a_doctor_is_let_in_and_the_access_is_ended(
    alice: PatientProfile, dr_eve: DoctorProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    page.goto("/")
    enter(page, "Access")
    page.wait_for_url("**/access/")
    enter(page, "Let a doctor in")
    page.wait_for_url("**/invite/")
    tab_to(page, "Name of the doctor")
    page.keyboard.type("Lind")
    expect(page.get_by_role("link", name="Choose Dr. Eve Lind")).to_be_visible()
    enter(page, "Choose Dr. Eve Lind")
    page.wait_for_url("**?doctor=*")
    enter(page, "Let Dr. Eve Lind in")
    expect(card_of(page, "Dr. Eve Lind")).to_be_visible()

    enter(page, "End access Dr. Eve Lind")
    page.wait_for_url("**/end/")
    enter(page, "End access")

    expect(card_of(page, "Dr. Eve Lind")).to_have_count(0)
