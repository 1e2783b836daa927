"""A patient writes, finds and prints their records in a real browser."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from phr.health_records.models import HealthRecord
from tests.browser.conftest import PageOf
from tests.browser.looking import faults_seen
from tests.factories import HealthRecordFactory

WITHOUT_SCRIPTS = {"java_script_enabled": False}


class Clicks:
    """Counts what somebody has to press."""

    def __init__(self) -> None:
        self.number = 0

    def on(self, place: Any) -> None:
        self.number += 1
        place.click()


def write(page: Page, title: str, day: str = "2026-01-05") -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Day of the visit").fill(day)


@pytest.mark.parametrize("options", [{}, WITHOUT_SCRIPTS], ids=["scripts", "none"])
def test_a_record_is_added_in_three_clicks_from_home(
    page_of: PageOf, alice: Any, options: dict[str, Any]
) -> None:
    page, clicks = page_of("alice", **options), Clicks()
    page.goto("/")

    clicks.on(page.get_by_role("link", name="Add a record"))
    clicks.on(page.get_by_role("radio", name="Lab result"))
    write(page, "Blood count")
    clicks.on(page.get_by_role("button", name="Save the record"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Blood count")
    expect(page.get_by_text("Your record is saved.")).to_be_visible()
    expect(page.get_by_text("Lab result · Monday, 5 January 2026")).to_be_visible()
    assert clicks.number == 3


def test_pressing_twice_saves_once(page_of: PageOf, alice: Any) -> None:
    page = page_of("alice")
    page.goto("/records/new/")
    page.get_by_role("radio", name="Check-up").check()
    write(page, "Only once")

    page.get_by_role("button", name="Save the record").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("Only once")
    assert HealthRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("Pacific/Kiritimati", 840), ("America/Los_Angeles", -480), ("Asia/Kolkata", 330)],
)
def test_a_visit_is_on_the_day_that_was_named_wherever_the_browser_is(
    page_of: PageOf, alice: Any, zone: str, minutes: int
) -> None:
    page = page_of("alice", timezone_id=zone)
    page.goto("/records/new/")
    page.get_by_role("radio", name="Check-up").check()
    write(page, "Far away")

    page.get_by_role("button", name="Save the record").click()

    expect(page.get_by_text("Check-up · Monday, 5 January 2026")).to_be_visible()
    record = HealthRecord.objects.get()
    assert (record.visit_day.isoformat(), record.visit_offset) == (
        "2026-01-05",
        minutes,
    )


def test_the_second_of_two_tabs_is_shown_both_and_overwrites_nothing(
    page_of: PageOf, alice: Any, alices_record: HealthRecord
) -> None:
    first = page_of("alice")
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(f"/records/{alices_record.pk}/edit/")
    first.get_by_label("Symptoms").fill("It hurts on stairs.")
    first.get_by_role("button", name="Save the changes").click()
    expect(first.get_by_text("Your changes are saved.")).to_be_visible()

    second.get_by_label("Symptoms").fill("It hurts at night.")
    second.get_by_role("button", name="Save the changes").click()

    told = second.get_by_role("alert")
    expect(told).to_contain_text("This record was changed while you were writing")
    expect(told).to_contain_text("on stairs")
    expect(told).to_contain_text("at night")
    expect(second.get_by_label("Symptoms")).to_have_value("It hurts at night.")
    assert faults_seen(second) == []
    assert HealthRecord.objects.get().symptoms == "It hurts on stairs."

    second.get_by_role("button", name="Save what I typed").click()
    expect(second.get_by_text("Your changes are saved.")).to_be_visible()
    assert HealthRecord.objects.get().symptoms == "It hurts at night."


def test_a_draft_that_was_kept_is_not_saved_over_what_came_after_it(
    page_of: PageOf, alice: Any, alices_record: HealthRecord
) -> None:
    address = f"/records/{alices_record.pk}/edit/"
    first = page_of("alice")
    first.goto(address)
    first.get_by_label("Symptoms").fill("It hurts at night.")
    second = first.context.new_page()
    second.goto(address)
    second.get_by_label("Symptoms").fill("It hurts on stairs.")
    second.get_by_role("button", name="Save the changes").click()
    expect(second.get_by_text("Your changes are saved.")).to_be_visible()

    first.goto(address)  # after the connection was lost, say
    expect(first.get_by_label("Symptoms")).to_have_value("It hurts at night.")
    first.get_by_role("button", name="Save the changes").click()

    expect(first.get_by_role("alert")).to_contain_text("on stairs")
    first.get_by_role("button", name="Save what I typed").click()
    expect(first.get_by_text("Your changes are saved.")).to_be_visible()
    assert HealthRecord.objects.get().symptoms == "It hurts at night."


@pytest.mark.parametrize("options", [{}, WITHOUT_SCRIPTS], ids=["scripts", "none"])
def test_what_is_deleted_comes_back_with_a_click(
    page_of: PageOf, alice: Any, alices_record: HealthRecord, options: dict[str, Any]
) -> None:
    page = page_of("alice", **options)
    page.goto(f"/records/{alices_record.pk}/")

    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The record is deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(alices_record.title)
    expect(page.get_by_text("Your record is back.")).to_be_visible()


@pytest.fixture
def three_records(alice: Any) -> None:
    for place, kind in enumerate(["CHECKUP", "LAB_RESULT", "PRESCRIPTION"]):
        HealthRecordFactory(
            patient=alice,
            record_type=kind,
            title=f"Record {place}",
            visit_date=datetime(2024 + place, 3, 1, 12, tzinfo=UTC),
        )


def test_the_list_is_filtered_without_loading_the_page_again(
    page_of: PageOf, three_records: None
) -> None:
    page = page_of("alice")
    page.goto("/records/")
    page.evaluate("window.isTheSamePage = true")
    results = page.locator("#results")

    page.get_by_role("radio", name="Lab result").check(force=True)
    expect(results.get_by_role("listitem")).to_have_count(1)
    expect(page).to_have_url("/records/?kind=LAB_RESULT")
    expect(page).to_have_title(re.compile("^Found among your records · "))
    expect(page.get_by_role("radio", name="Lab result")).to_be_focused()
    expect(page.locator("#shown")).to_contain_text("1 record is like that.")

    page.get_by_label("Words in your records").fill("nowhere")
    page.keyboard.press("Enter")
    expect(results).to_contain_text("No record is like that.")
    expect(page).to_have_url("/records/?kind=LAB_RESULT&words=nowhere")
    assert page.evaluate("window.isTheSamePage")

    page.go_back()
    expect(page).to_have_url("/records/?kind=LAB_RESULT")
    expect(results.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_label("Words in your records")).to_have_value("")


def test_the_list_is_filtered_without_scripts_too(
    page_of: PageOf, three_records: None
) -> None:
    page = page_of("alice", **WITHOUT_SCRIPTS)
    page.goto("/records/")

    page.get_by_role("radio", name="Prescription").check(force=True)
    page.get_by_role("button", name="Search").click()

    expect(page.locator("#results").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("radio", name="Prescription")).to_be_checked()


def test_a_mark_of_the_picture_is_opened_by_keyboard_alone(
    page_of: PageOf, three_records: None
) -> None:
    page = page_of("alice")
    page.goto("/records/")

    page.get_by_role("link", name="Skip the picture").focus()
    page.keyboard.press("Tab")
    focused = page.locator("a.mark:focus")
    expect(focused).to_have_accessible_name("Check-up, Friday, 1 March 2024")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Record 0")


def test_who_does_not_want_the_picture_skips_it(
    page_of: PageOf, three_records: None
) -> None:
    page = page_of("alice")
    page.goto("/records/")

    skip = page.get_by_role("link", name="Skip the picture")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("#results")).to_be_focused()


def test_what_is_wrong_with_a_form_looks_well(page_of: PageOf, alice: Any) -> None:
    page = page_of("alice", **WITHOUT_SCRIPTS)
    page.goto("/records/new/")
    page.locator("#record-form").evaluate("form => form.noValidate = true")
    page.get_by_label("Day of the visit").fill("2099-01-01")

    page.get_by_role("button", name="Save the record").click()

    errors = page.locator("#record-form .error")
    expect(errors.get_by_text("That day is in the future.")).to_be_visible()
    expect(errors.get_by_text("Choose the kind of record.")).to_be_visible()


def test_the_emergency_card_prints_on_one_page(page_of: PageOf, alice: Any) -> None:
    alice.allergies = "\n".join(f"Allergy number {number}" for number in range(12))
    alice.emergency_contact = "Jean Moreau, husband, +33 1 2345 6789"
    alice.blood_type = "A-"
    alice.save()
    page = page_of("alice")
    page.goto("/emergency-card/")

    printed = page.pdf(format="A4")

    assert printed.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_text("Allergy number 11")).to_be_visible()


def test_a_record_prints_without_what_is_only_for_the_screen(
    page_of: PageOf, alice: Any, alices_record: HealthRecord
) -> None:
    page = page_of("alice")
    page.goto(f"/records/{alices_record.pk}/")
    expect(page.get_by_role("button", name="Print")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for button in ("Print", "Delete"):
        expect(page.get_by_role("button", name=button)).to_be_hidden()
