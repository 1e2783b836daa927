"""Pages as readers have set their devices: their own colours, no motion, on paper."""

import pytest
from playwright.sync_api import Page, expect

from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from tests.browser.conftest import PageOf
from tests.browser.looking import SCHEMES, resize, violations
from tests.factories import AccessEntryFactory, DoctorCommentFactory

PAPER = 718  # pixels between the margins of A4
FEWEST_STOPS = 7  # by Tab, on any of the pages
A_LONG_LINE = "Two tablets in the morning, one at noon, and none in the evening. " * 4
OUTLINES = """() => {
  const isDrawn = (e) => {
    const { outlineStyle, outlineWidth } = e ? getComputedStyle(e) : {};
    return e && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const field = document.activeElement;
  const mark = field.querySelector("circle") ?? field;
  return isDrawn(field) || isDrawn(field.closest("label"))
    || parseFloat(getComputedStyle(mark).strokeWidth) >= 4;
}"""
MOVING = """() => [...document.querySelectorAll("body, body *")].filter((e) => {
  const style = getComputedStyle(e);
  return [style.transitionDuration, style.animationDuration].some(
    (each) => each.split(",").some((time) => parseFloat(time) > 0));
}).map((e) => e.outerHTML.slice(0, 120))"""
CUT = """() => [...document.querySelectorAll("main *")].filter((e) => {
  const style = getComputedStyle(e);
  const hides = style.overflowX !== "visible" && style.position !== "absolute";
  return hides && e.checkVisibility() && e.scrollWidth > e.clientWidth + 1;
}).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def much(alice: PatientProfile, dr_bob: object, alices_record: HealthRecord) -> None:
    alice.allergies = "Penicillin"
    alice.save()
    HealthRecord.objects.filter(pk=alices_record.pk).update(medications=A_LONG_LINE)
    DoctorCommentFactory(
        health_record=alices_record, doctor=dr_bob, comment=A_LONG_LINE
    )
    AccessEntryFactory(patient_id=alice.pk, actor_name="Bob Stone")


@pytest.mark.parametrize("path", ["/records/", "/access/invite/", "/sign-in/"])
def test_the_focus_is_seen_in_the_colours_of_the_reader(
    much: None, page_of: PageOf, visitor: Page, path: str
) -> None:
    page = visitor if path == "/sign-in/" else page_of("alice")
    page.emulate_media(forced_colors="active")
    page.goto(path)

    unseen = []
    for _ in range(FEWEST_STOPS):
        page.keyboard.press("Tab")
        if not page.evaluate(OUTLINES):
            unseen.append(page.evaluate("document.activeElement.outerHTML"))

    assert unseen == []


def test_what_is_chosen_is_seen_in_the_colours_of_the_reader(
    much: None, page_of: PageOf
) -> None:
    page = page_of("alice")
    page.emulate_media(forced_colors="active")
    page.goto("/records/?kind=LAB_RESULT")

    chosen = page.locator(".pill").filter(has=page.get_by_label("Lab result"))
    other = page.locator(".pill").filter(has=page.get_by_label("Diagnosis"))

    expect(chosen).to_have_css("outline-style", "solid")
    expect(other).to_have_css("outline-style", "none")


@pytest.mark.parametrize("path", ["/", "/records/", "/access/"])
def test_nothing_moves_for_who_wants_that(
    much: None, page_of: PageOf, path: str
) -> None:
    page = page_of("alice", reduced_motion="reduce")
    page.goto(path)

    assert page.evaluate(MOVING) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/records/{record}/", A_LONG_LINE.strip()),
        ("/emergency-card/", "Penicillin"),
        ("/access/log/?kind=all", "Dr. Bob Stone"),
    ],
)
def test_on_paper_everything_is_there_and_black_on_white(
    much: None, alices_record: HealthRecord, page_of: PageOf, path: str, words: str
) -> None:
    page = page_of("alice")
    page.emulate_media(media="print", color_scheme="dark")
    resize(page, PAPER)

    page.goto(path.format(record=alices_record.pk))

    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Alice Moreau").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert violations(page, SCHEMES["dark"]) == []
