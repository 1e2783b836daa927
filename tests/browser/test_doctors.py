"""A doctor's work and the staff's, in a real browser, with scripts and without."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from phr.accounts.models import User
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.health_records.models import DoctorComment
from tests.access.browsers import SIX_MINUTES
from tests.browser.conftest import PageOf
from tests.factories import PASSWORD, DoctorVerificationFactory, HealthRecordFactory


@pytest.fixture
def lipids(alice: PatientProfile) -> None:
    for days, title in ((400, "Yearly check-up"), (1, "Lipid panel")):
        at = timezone.now() - timedelta(days=days)
        HealthRecordFactory(patient=alice, title=title, visit_date=at)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_newest_record_of_a_patient_is_two_clicks_away_and_commented(
    page_of: PageOf, dr_bob: DoctorProfile, lipids: None, scripts: bool
) -> None:
    page = page_of("dr_bob", java_script_enabled=scripts)
    page.goto("/")

    page.get_by_role("link", name="Alice Moreau").click()
    page.locator("#results .title").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Lipid panel")
    page.get_by_label("Your comment").fill("Less butter, more walking.")
    page.get_by_label("Only for doctors").check()
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("Hidden from the patient")).to_be_visible()
    assert DoctorComment.objects.get().is_private


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_chart_is_filtered_and_the_address_says_how(
    page_of: PageOf, dr_bob: DoctorProfile, lipids: None, scripts: bool
) -> None:
    page = page_of("dr_bob", java_script_enabled=scripts)
    page.goto("/")
    page.get_by_role("link", name="Alice Moreau").click()

    page.get_by_label("Words in the records").fill("lipid")
    page.get_by_role("button", name="Search").click()

    expect(page.locator("#results .title")).to_have_text(["Lipid panel"])
    assert "words=lipid" in page.url


def test_patients_are_put_in_another_order_without_a_reload(
    page_of: PageOf, dr_bob: DoctorProfile
) -> None:
    page = page_of("dr_bob")
    page.goto("/patients/")
    page.evaluate("document.body.dataset.stays = 'yes'")

    page.get_by_label("In the order of").select_option("name")

    page.wait_for_url("**/patients/?order=name")
    assert page.evaluate("document.body.dataset.stays") == "yes"


def test_a_patient_is_handed_over_after_the_password(
    page_of: PageOf, alice: PatientProfile, dr_bob: DoctorProfile, dr_eve: DoctorProfile
) -> None:
    page = page_of("dr_bob", proof=SIX_MINUTES)
    page.goto(f"/patients/{alice.pk}/")
    page.get_by_role("link", name="Hand over to another doctor").click()
    page.get_by_label("Name or specialization").fill("lind")
    page.get_by_role("button", name="Search").click()

    page.get_by_role("button", name="Hand over to Dr. Eve Lind").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

    expect(page.locator(".messages")).to_contain_text("You have handed over.")
    assert CareGrant.objects.get(is_primary=True).doctor == dr_eve


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_staff_verify_a_doctor_who_waits(
    page_of: PageOf, sam: User, dr_dan: DoctorProfile, scripts: bool
) -> None:
    DoctorVerificationFactory(doctor=dr_dan)
    page = page_of("sam", java_script_enabled=scripts)
    page.goto("/")

    page.get_by_role("link", name="Dr. Dan Okoro").click()
    page.get_by_label("Verify this doctor").check()
    page.get_by_role("button", name="Decide").click()

    expect(page.locator(".messages")).to_contain_text("The doctor is verified.")
    dr_dan.refresh_from_db()
    assert dr_dan.is_verified


def test_the_dashboard_says_what_readiness_says(page_of: PageOf, sam: User) -> None:
    page = page_of("sam")
    page.goto("/staff/")

    expect(page.get_by_text("Tables of this release")).to_be_visible()
