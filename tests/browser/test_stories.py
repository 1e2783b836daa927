"""A patient's story and a doctor's, from signing in to the end of the access.

Each is told twice: in a browser with scripts, and in one without.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from phr.care.models import DoctorProfile, PatientProfile
from tests.browser.conftest import Contexts, PageOf
from tests.browser.steps import (
    add_record,
    card_of,
    end_access,
    follow,
    go_to,
    heading,
    let_in,
    main_part,
    press,
    sign_in_by_form,
    sign_out,
)

NewPage = Callable[[], Page]


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def new_page(new_context: Contexts, request: pytest.FixtureRequest) -> NewPage:
    """Open a browser of its own: one with scripts, or one without."""
    return lambda: new_context(java_script_enabled=request.param).new_page()


def test_a_patient_lets_a_doctor_in_and_ends_that(
    alice: PatientProfile, dr_eve: DoctorProfile, new_page: NewPage
) -> None:
    patient, doctor = new_page(), new_page()
    sign_in_by_form(patient, "alice")
    add_record(patient, "Lipid panel")
    let_in(patient, "Lind", "Dr. Eve Lind")

    sign_in_by_form(doctor, "dr_eve")
    go_to(doctor, "Patients")
    follow(doctor, "Alice Moreau")
    follow(doctor, "Lipid panel")
    record = doctor.url
    doctor.get_by_label("Comment").fill("All as it should be.")
    press(doctor, "Comment")
    expect(main_part(doctor)).to_contain_text("All as it should be.")

    patient.goto(record)
    expect(main_part(patient)).to_contain_text("All as it should be.")
    go_to(patient, "Access")
    follow(patient, "Who looked")
    expect(main_part(patient)).to_contain_text("Eve Lind")
    expect(main_part(patient)).to_contain_text("Lipid panel")

    end_access(patient, "Dr. Eve Lind")
    assert doctor.goto(record).status == 404  # type: ignore[union-attr]  # it answers
    sign_out(patient)


def test_a_doctor_asks_and_is_let_in(
    alice: PatientProfile, dr_dan: DoctorProfile, new_page: NewPage
) -> None:
    doctor, patient = new_page(), new_page()
    sign_in_by_form(doctor, "dr_dan")
    go_to(doctor, "Requests")
    follow(doctor, "Ask for access")
    doctor.get_by_label("The patient's code").fill(str(alice.pk))
    press(doctor, "Ask")
    expect(main_part(doctor)).to_contain_text("The patient was asked.")

    sign_in_by_form(patient, "alice")
    go_to(patient, "Access")
    follow(patient, "Look and answer")
    press(patient, "Let Dr. Dan Okoro in")
    expect(card_of(patient, "Dr. Dan Okoro")).to_be_visible()

    go_to(doctor, "Patients")
    follow(doctor, "Alice Moreau")
    expect(heading(doctor)).to_have_text("Alice Moreau")
    follow(doctor, "End your access")
    press(doctor, "End")
    go_to(doctor, "Patients")
    expect(main_part(doctor)).not_to_contain_text("Alice Moreau")


def test_a_record_is_changed_deleted_and_brought_back(
    alice: PatientProfile, new_page: NewPage
) -> None:
    page = new_page()
    sign_in_by_form(page, "alice")
    add_record(page, "Lipid panel")

    follow(page, "Change")
    page.get_by_label("Diagnosis").last.fill("Nothing to worry about.")
    press(page, "Save the changes")
    expect(main_part(page)).to_contain_text("Nothing to worry about.")
    press(page, "Delete")
    expect(main_part(page)).not_to_contain_text("Nothing to worry about.")
    main_part(page).get_by_role("button", name=re.compile("Undo|back")).click()

    expect(heading(page)).to_have_text("Lipid panel")


def test_after_signing_out_the_way_back_shows_nothing(
    alice: PatientProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    page.goto("/")
    add_record(page, "Lipid panel")

    sign_out(page)
    page.go_back()

    expect(page).to_have_url(re.compile("/sign-in/|/$"))
    expect(page.get_by_role("main")).not_to_contain_text("Lipid panel")
