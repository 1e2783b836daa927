"""Letting a doctor in, ending it and seeing who looked, in a real browser."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from phr.audit.tasks import check_ledger
from phr.audit.whole_check import WholeCheck, keep
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from tests.audit.ledgers import add_lines, seal
from tests.browser.conftest import GENEROUS, PageOf
from tests.browser.looking import faults_of_sizes
from tests.factories import (
    PASSWORD,
    AccessEntryFactory,
    CareGrantFactory,
    DoctorFactory,
    HealthRecordFactory,
    NotificationFactory,
)

TERMS_SAID = (
    "Dr. Dan Okoro will see 1 of your 2 records (lab results) until you end it."
)


@pytest.fixture
def two_records(alice: PatientProfile) -> None:
    for record_type in (RecordType.LAB_RESULT, RecordType.CHECKUP):
        HealthRecordFactory(patient=alice, record_type=record_type)


def grant_of(doctor: DoctorProfile) -> CareGrant:
    return CareGrant.objects.get(doctor=doctor)


class Counted:
    """Presses what one would press, and counts."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1


def test_a_doctor_is_let_in_with_four_clicks_and_the_sentence_is_live(
    page_of: PageOf, dr_dan: DoctorProfile, two_records: None
) -> None:
    page, hand = page_of("alice"), Counted()
    page.goto("/")

    hand.click(page.get_by_role("link", name="Access"))
    hand.click(page.get_by_role("link", name="Let a doctor in").first)
    page.get_by_label("Name of the doctor").fill("oko")
    hand.click(page.get_by_role("link", name="Choose Dr. Dan Okoro"))
    expect(page.locator("#opens")).to_contain_text("2 of your 2 records")
    page.get_by_label("Only some kinds").check()
    expect(page.locator("#opens")).to_contain_text("Choose at least one kind.")
    page.get_by_label("Lab result").check()
    expect(page.locator("#opens")).to_contain_text(TERMS_SAID)
    hand.click(page.get_by_role("button", name="Let Dr. Dan Okoro in"))

    expect(page.locator(".messages")).to_contain_text("can see your records now")
    assert hand.clicks == 4
    assert grant_of(dr_dan).record_types == ["LAB_RESULT"]


def test_access_is_ended_with_two_clicks_from_the_first_page(
    page_of: PageOf, dr_bob: DoctorProfile
) -> None:
    page, hand = page_of("alice"), Counted()
    page.goto("/")

    hand.click(page.get_by_role("link", name="End access Dr. Bob Stone"))
    hand.click(page.get_by_role("button", name="End access"))

    expect(page.locator(".messages")).to_contain_text("sees nothing of yours")
    assert hand.clicks == 2
    assert grant_of(dr_bob).status == GrantStatus.ENDED


def test_who_looked_is_one_click_away(page_of: PageOf) -> None:
    page = page_of("alice")
    page.goto("/")

    page.get_by_role("link", name="Who looked").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Who looked")


def tab_to(page: Page, what: Locator) -> None:
    """Go on by the keyboard until something has the focus."""
    for _ in range(60):
        if what.evaluate("(e) => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not get to {what}")


def press(page: Page, what: Locator, key: str = "Enter") -> None:
    tab_to(page, what)
    page.keyboard.press(key)


def test_the_keyboard_alone_lets_a_doctor_in_and_ends_it(
    page_of: PageOf, dr_dan: DoctorProfile, two_records: None
) -> None:
    page = page_of("alice")
    page.goto("/access/invite/")

    tab_to(page, page.get_by_label("Name of the doctor"))
    page.keyboard.type("okoro")
    press(page, page.get_by_role("link", name="Choose Dr. Dan Okoro"))
    tab_to(page, page.get_by_label("Everything"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_label("Lab result"), "Space")
    expect(page.locator("#opens")).to_contain_text(TERMS_SAID)
    press(page, page.get_by_role("button", name="Let Dr. Dan Okoro in"))
    expect(page.locator(".messages")).to_contain_text("can see your records now")
    press(page, page.get_by_role("link", name="End access Dr. Dan Okoro"))
    press(page, page.get_by_role("button", name="End access"))

    expect(page.locator(".messages")).to_contain_text("sees nothing of yours")
    assert grant_of(dr_dan).status == GrantStatus.ENDED


def test_all_of_it_works_without_scripts(
    page_of: PageOf, dr_dan: DoctorProfile, two_records: None
) -> None:
    page = page_of("alice", java_script_enabled=False)
    page.goto("/access/invite/")

    page.get_by_label("Name of the doctor").fill("okoro")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Choose Dr. Dan Okoro").click()
    page.get_by_label("Only some kinds").check()
    page.get_by_label("Lab result").check()
    page.get_by_role("button", name="Show what this opens").click()
    expect(page.locator("#opens")).to_contain_text(TERMS_SAID)
    page.get_by_role("button", name="Let Dr. Dan Okoro in").click()

    expect(page.locator(".messages")).to_contain_text("can see your records now")
    page.goto("/access/log/")
    page.get_by_label("Kind").select_option("all")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("You gave Dr. Dan Okoro access.")).to_be_visible()
    page.get_by_role("button", name="Check the seals").click()
    expect(page.locator("#check")).to_contain_text("as they were written")


def test_the_check_of_a_log_that_is_long_goes_on_by_itself(
    alice: PatientProfile, page_of: PageOf, working: None
) -> None:
    page = page_of("alice")
    for _ in range(45):
        add_lines(1)
        seal()
    # As if the request had ended before the first page of seals.
    begun = WholeCheck(run="begun", told_at=timezone.now(), seals=45)
    keep(alice.user.pk, begun)
    page.goto("/access/log/check/")
    expect(page.get_by_role("progressbar")).to_be_visible()

    check_ledger.delay(user_id=str(alice.user.pk), run="begun")

    done = page.get_by_text(re.compile(r"\d+ lines, all as they were written"))
    expect(done).to_be_visible(timeout=3 * GENEROUS)


def test_filters_of_the_log_change_the_list_and_the_address(
    page_of: PageOf, dr_bob: DoctorProfile
) -> None:
    page = page_of("alice")
    page.goto("/access/log/")

    page.get_by_label("Kind").select_option("refused")

    expect(page).to_have_url(re.compile("kind=refused"))
    expect(page.get_by_text("There is nothing of this kind yet.")).to_be_visible()


def test_the_count_of_unread_messages_is_live(
    page_of: PageOf, alice: PatientProfile
) -> None:
    page = page_of("alice")
    page.clock.install()
    page.goto("/access/")
    expect(page.locator(".live-count .count")).to_have_count(0)

    NotificationFactory(recipient=alice.user)
    page.clock.fast_forward(int(timedelta(seconds=61).total_seconds() * 1000))

    expect(page.locator(".live-count .count")).to_contain_text("1")


def test_what_waits_a_while_asks_for_the_password_and_loses_nothing(
    page_of: PageOf, dr_dan: DoctorProfile, two_records: None
) -> None:
    page = page_of("alice", proof=timedelta(minutes=6))
    page.goto(f"/access/invite/?doctor={dr_dan.pk}")
    page.get_by_label("For a month").check()
    page.get_by_role("button", name="Let Dr. Dan Okoro in").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

    expect(page.locator(".messages")).to_contain_text("can see your records now")
    last_day = timezone.localdate(grant_of(dr_dan).expires_at)
    assert last_day == timezone.localdate() + timedelta(days=30)


LONG = "W" * 150


def test_names_and_reasons_without_end_break_no_page(
    page_of: PageOf, alice: PatientProfile
) -> None:
    named = {"user__first_name": LONG, "user__last_name": LONG}
    doctor = DoctorFactory(specialization=LONG[:100], verified=True, **named)
    grant = CareGrantFactory(patient=alice, doctor=doctor)
    request = CareGrantFactory(
        patient=alice,
        pending=True,
        reason="W" * 500,
        doctor=DoctorFactory(specialization=LONG[:100], **named),
    )
    jo = CareGrantFactory(
        patient=alice,
        reason="W" * 500,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
        doctor=DoctorFactory(verified=True, **named),
    )
    AccessEntryFactory(
        patient_id=alice.pk, actor_id=doctor.user_id, actor_name=f"{LONG} {LONG}"
    )
    NotificationFactory(recipient=alice.user, title="W" * 200, message="W" * 1000)
    page = page_of("alice")
    faults = []
    for path in (
        "/",
        "/access/",
        "/access/all/",
        "/access/invite/?search=wwwww",
        f"/access/invite/?doctor={doctor.pk}",
        f"/access/{grant.pk}/change/",
        f"/access/{grant.pk}/preview/",
        f"/access/{jo.pk}/end/",
        f"/access/{request.pk}/accept/",
        f"/access/{request.pk}/decline/",
        "/access/log/",
        "/inbox/",
    ):
        page.goto(path)
        faults += [f"{path}: {fault}" for fault in faults_of_sizes(page)]

    assert faults == []
