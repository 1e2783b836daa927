"""How many clicks it takes from the first page; typing is none."""

import pytest
from playwright.sync_api import Locator, Page, expect

from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from tests.browser.conftest import PageOf
from tests.browser.steps import card_of, heading, main_part


class Hand:
    """Clicks, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def link(self, name: str, part: Locator | None = None) -> None:
        self.click((part or self.page).get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        self.click(main_part(self.page).get_by_role("button", name=name).first)


@pytest.fixture
def alices_hand(alice: PatientProfile, page_of: PageOf) -> Hand:
    page = page_of("alice")
    page.goto("/")
    return Hand(page)


def test_adding_a_record_takes_three(alices_hand: Hand) -> None:
    page, hand = alices_hand.page, alices_hand

    hand.link("Add a record")
    hand.click(page.get_by_text("Lab result"))
    page.get_by_label("Title").fill("Lipid panel")
    page.get_by_label("Day of the visit").fill("2026-03-02")
    hand.button("Save the record")

    expect(heading(page)).to_have_text("Lipid panel")
    assert hand.clicks <= 3


def test_letting_a_doctor_in_takes_four(
    dr_eve: DoctorProfile, alices_hand: Hand
) -> None:
    page, hand = alices_hand.page, alices_hand

    hand.link("Access")
    hand.link("Let a doctor in")
    page.get_by_label("Name of the doctor").press_sequentially("Lind")
    hand.link("Choose")
    hand.button("Let Dr. Eve Lind in")

    expect(card_of(page, "Dr. Eve Lind")).to_be_visible()
    assert hand.clicks <= 4


def test_who_looked_takes_one(alices_hand: Hand) -> None:
    alices_hand.link("Who looked")

    expect(heading(alices_hand.page)).to_have_text("Who looked")
    assert alices_hand.clicks <= 1


def test_ending_an_access_takes_two(dr_bob: DoctorProfile, alices_hand: Hand) -> None:
    page, hand = alices_hand.page, alices_hand
    page.reload()

    hand.link("End access", main_part(page))
    hand.button("End access")

    expect(heading(page)).to_have_text("Who can see your records")
    expect(card_of(page, "Dr. Bob Stone")).to_have_count(0)
    assert hand.clicks <= 2


def test_a_doctor_reads_the_newest_record_of_a_patient_after_two(
    dr_bob: DoctorProfile, alices_record: HealthRecord, page_of: PageOf
) -> None:
    page = page_of("dr_bob")
    page.goto("/")
    hand = Hand(page)

    hand.link("Alice Moreau")
    hand.link(alices_record.title)

    expect(heading(page)).to_have_text(alices_record.title)
    assert hand.clicks <= 2
