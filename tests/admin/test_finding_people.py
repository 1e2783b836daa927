"""Staff find people in every list, however their names are typed."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from phr.accounts.models import User
from phr.care.models import DoctorProfile, DoctorVerification
from phr.core.name_search import mentions
from phr.health_records.models import AccountUsage
from phr.identity.sign_in import start_session
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    HealthRecordFactory,
    NotificationFactory,
    PatientFactory,
)

NAMES = {"user__first_name": "Renée", "user__last_name": "O\u2019Shea-Bélanger"}
NOT_BY_PEOPLE = {"audit.accessentry", "auth.group"}


def patient():
    return PatientFactory(user__username="patient_x", **NAMES)


def doctor():
    return DoctorFactory(user__username="doctor_x", **NAMES)


def record():
    somebody = patient()
    return HealthRecordFactory(patient=somebody, created_by=somebody.user)


def session():
    user = patient().user
    start_session(user=user, at=timezone.now())
    return user.login_sessions.get()


def usage():
    return AccountUsage.objects.create(
        user=patient().user,
        entries=0,
        bytes=0,
        day=timezone.now().date(),
        entries_of_day=0,
        bytes_of_day=0,
    )


# Of each list that can be searched: something of Renée's in it.
MADE = {
    "accounts.user": lambda: patient().user,
    "accounts.loginsession": session,
    "care.caregrant": lambda: CareGrantFactory(doctor=doctor()),
    "care.doctorprofile": doctor,
    "care.doctorverification": lambda: DoctorVerificationFactory(doctor=doctor()),
    "care.emergencyaccess": lambda: EmergencyAccessFactory(grant__patient=patient()),
    "care.patientprofile": patient,
    "health_records.accountusage": usage,
    "health_records.doctorcomment": lambda: DoctorCommentFactory(doctor=doctor()),
    "health_records.healthrecord": record,
    "notifications.notification": lambda: NotificationFactory(recipient=patient().user),
}


def listed(client, label, words):
    """The ids of what a search finds."""
    page = reverse(f"admin:{label.replace('.', '_')}_changelist")
    answer = client.get(page, {"q": words})
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def test_every_list_that_is_searched_is_in_this_file():
    searched = {
        model._meta.label_lower
        for model, page in admin.site._registry.items()
        if page.search_fields
    }

    assert searched == MADE.keys() | NOT_BY_PEOPLE


@pytest.mark.parametrize("label", MADE)
@pytest.mark.parametrize(
    "words",
    [
        "Bélanger",
        "belanger renee",
        "o'shea",
        "OSHEA",
        "oshea\u2013belanger",
        "Dr. Bélanger",
        "Be\u00adlanger",
    ],
)
def test_staff_find_people_by_any_of_their_words(rita, browser, label, words):
    row = MADE[label]()

    assert listed(browser(rita), label, words) == [row.pk]
    assert listed(browser(rita), label, f"{words} nobody") == []


@pytest.mark.parametrize("words", ["patient_x", "PATIENT_X@example.org", "nt_x"])
def test_staff_find_people_by_username_and_address(rita, browser, words):
    user = patient().user

    assert listed(browser(rita), "accounts.user", words) == [user.pk]


@pytest.mark.parametrize("words", ["BIG-77", "big-7", "Bélanger"])
def test_staff_find_a_licence_as_it_is_typed(rita, browser, words):
    one = DoctorFactory(license_number="BIG-77", **NAMES)
    DoctorFactory(license_number="KIG-77")

    assert listed(browser(rita), "care.doctorprofile", words) == [one.pk]


@pytest.mark.parametrize("words", ["belanger renee", "OSHEA", "Dr. Bélanger", "dan"])
def test_staff_find_a_licence_that_waits_under_a_new_name(
    rita, browser, api, dr_dan, words
):
    licence = {"license_number": "BIG-78", "authority": "Medical Board"}
    names = {"first_name": "Renée", "last_name": "O\u2019Shea-Bélanger"}
    DoctorProfile.objects.filter(pk=dr_dan.pk).update(verified_at=timezone.now())
    answer = api("dr_dan").post("/api/care/verification/", licence | names)
    assert answer.status_code == 201, answer.json()

    (waiting,) = dr_dan.verifications.filter(status="PENDING")
    assert listed(browser(rita), "care.doctorverification", words) == [waiting.pk]


def test_licences_from_before_this_text_are_found_after_the_migration(rita, browser):
    licence = DoctorVerificationFactory(first_name="Renée", last_name="Bélanger")
    DoctorVerification.objects.update(search_text="")
    migration = import_module("phr.care.migrations.0011_licences_are_found")

    migration.note_texts(apps, None)

    found = listed(browser(rita), "care.doctorverification", "belanger")
    assert found == [licence.pk]


def test_a_changed_name_is_found_and_the_old_one_is_not(rita, browser, api, alice):
    old = alice.user.last_name
    api("alice").patch("/api/auth/profile/", {"user": {"last_name": "Ōtsuka"}})

    client = browser(rita)
    assert listed(client, "accounts.user", "otsuka") == [alice.user_id]
    assert alice.user_id not in listed(client, "accounts.user", old)


def test_a_name_that_staff_have_corrected_is_found(rita, browser, alice):
    user = alice.user
    user.first_name = "Zoë"
    user.save(update_fields=["first_name"])

    assert listed(browser(rita), "accounts.user", "zoe") == [user.pk]


def test_people_from_before_this_text_are_found_after_the_migration(rita, browser):
    user = patient().user
    User.objects.update(search_text="")
    migration = import_module("phr.accounts.migrations.0018_people_are_found")

    migration.note_texts(apps, None)

    assert listed(browser(rita), "accounts.user", "belanger") == [user.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["belanger renee", "be", "\u5c71"])
def test_an_index_knows_who_has_the_words(words):
    patient()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = User.objects.filter(mentions(words, "search_text")).explain()

    assert "accounts_users_by_words" in plan
