"""What was typed is not lost: two tabs, a session that ends, a lost connection."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from tests.browser.conftest import PageOf
from tests.browser.steps import heading, main_part, press, sign_in_by_form
from tests.factories import PASSWORD

A_DAY = timedelta(days=1)


def begin_to_change(page: Page, record: HealthRecord, diagnosis: str) -> None:
    page.goto(f"/records/{record.pk}/edit/")
    page.get_by_role("textbox", name="Diagnosis").fill(diagnosis)


def test_the_second_of_two_tabs_is_shown_both_and_overwrites_nothing(
    alice: PatientProfile, alices_record: HealthRecord, page_of: PageOf
) -> None:
    one = page_of("alice")
    other = one.context.new_page()
    begin_to_change(one, alices_record, "A sprain")
    begin_to_change(other, alices_record, "A bruise")

    press(one, "Save the changes")
    expect(main_part(one)).to_contain_text("A sprain")
    press(other, "Save the changes")
    expect(main_part(other)).to_contain_text("changed while you were writing")
    for version in ("sprain", "bruise"):
        expect(other.get_by_role("alert")).to_contain_text(version)
    alices_record.refresh_from_db()
    assert alices_record.diagnosis == "A sprain"

    press(other, "Save what I typed")
    expect(heading(other)).to_have_text(alices_record.title)
    alices_record.refresh_from_db()
    assert alices_record.diagnosis == "A bruise"


def test_what_was_typed_survives_a_session_that_ends_meanwhile(
    alice: PatientProfile, alices_record: HealthRecord, visitor: Page
) -> None:
    page = visitor
    sign_in_by_form(page, "alice")
    begin_to_change(page, alices_record, "A sprain")
    Session.objects.all().delete()

    press(page, "Save the changes")
    page.get_by_label("User name or e-mail address").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    main_part(page).get_by_role("button", name="Sign in", exact=True).click()

    expect(heading(page)).to_have_text("What you typed is still here")
    press(page, "Send it now")

    expect(heading(page)).to_have_text(alices_record.title)
    expect(main_part(page)).to_contain_text("A sprain")


def test_a_form_from_before_a_sign_in_in_another_tab_is_sent_with_one_click(
    alice: PatientProfile, alices_record: HealthRecord, visitor: Page
) -> None:
    one = visitor
    sign_in_by_form(one, "alice")
    begin_to_change(one, alices_record, "A sprain")
    Session.objects.all().delete()
    sign_in_by_form(one.context.new_page(), "alice")

    press(one, "Save the changes")
    expect(heading(one)).to_have_text("What you typed is still here")
    expect(main_part(one)).to_contain_text("Nothing was saved yet")
    press(one, "Send it now")

    expect(heading(one)).to_have_text(alices_record.title)
    expect(main_part(one)).to_contain_text("A sprain")


def test_a_form_of_somebody_else_is_not_sent_for_who_is_signed_in_now(
    alice: PatientProfile,
    carol: PatientProfile,
    alices_record: HealthRecord,
    visitor: Page,
) -> None:
    one = visitor
    sign_in_by_form(one, "alice")
    begin_to_change(one, alices_record, "A sprain")
    Session.objects.all().delete()
    sign_in_by_form(one.context.new_page(), "carol")

    press(one, "Save the changes")

    expect(heading(one)).not_to_have_text("Change a record")
    expect(one.get_by_text("A sprain")).to_have_count(0)
    alices_record.refresh_from_db()
    assert alices_record.diagnosis != "A sprain"


def test_what_needs_proof_asks_for_the_password_and_goes_on(
    alice: PatientProfile, dr_bob: object, bobs_grant: object, page_of: PageOf
) -> None:
    page = page_of("alice", proof=A_DAY)
    page.goto(f"/access/invite/?doctor={dr_bob.pk}")  # type: ignore[attr-defined]  # a fixture
    page.get_by_label("A few words").fill("As we said")
    press(page, "Let Dr. Bob Stone in")

    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Continue")

    expect(main_part(page)).to_contain_text("has access already")
    expect(page.get_by_label("A few words")).to_have_value("As we said")
