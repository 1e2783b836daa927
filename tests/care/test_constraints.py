"""What the database itself refuses, whatever the code does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from phr.care.choices import GrantStatus
from phr.care.models import CareGrant, DoctorProfile
from tests.factories import MONDAY, CareGrantFactory, DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db


def refused_by(constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change()


@pytest.mark.parametrize("first", [GrantStatus.PENDING, GrantStatus.ACTIVE])
@pytest.mark.parametrize("second", [GrantStatus.PENDING, GrantStatus.ACTIVE])
def test_a_pair_has_one_open_grant(alice, dr_dan, first, second):
    CareGrantFactory(patient=alice, doctor=dr_dan, status=first)

    refused_by(
        "care_one_open_grant_per_pair",
        lambda: CareGrantFactory(patient=alice, doctor=dr_dan, status=second),
    )


@pytest.mark.parametrize("state", ["ended", "declined"])
def test_a_pair_has_any_number_of_closed_grants(alice, dr_dan, state):
    for _ in range(2):
        CareGrantFactory(patient=alice, doctor=dr_dan, **{state: True})
    CareGrantFactory(patient=alice, doctor=dr_dan)

    assert CareGrant.objects.count() == 3


def test_a_patient_has_one_active_primary_grant(alice, dr_bob):
    refused_by(
        "care_one_active_primary_grant_per_patient",
        lambda: CareGrantFactory(patient=alice, primary=True),
    )


def test_a_pending_grant_may_be_meant_as_primary(alice, dr_bob):
    assert CareGrantFactory(patient=alice, primary=True, pending=True).pk


@pytest.mark.parametrize("after", [timedelta(0), timedelta(seconds=-1)])
def test_a_grant_ends_after_it_begins(alice, after):
    refused_by(
        "care_grant_expires_after_it_starts",
        lambda: CareGrantFactory(patient=alice, expires_at=MONDAY + after),
    )


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("care_grant_opens_known_record_types", {"record_types": ["HOROSCOPE"]}),
        ("care_grant_has_an_end_when_it_ended", {"ended_at": MONDAY}),
        ("care_grant_has_an_end_when_it_ended", {"status": "ENDED"}),
        ("care_grant_status_and_origin_are_known", {"status": "OPEN"}),
        ("care_grant_status_and_origin_are_known", {"origin": "NOBODY"}),
    ],
)
def test_a_grant_cannot_say_what_has_no_meaning(bobs_grant, constraint, values):
    grant = CareGrant.objects.filter(pk=bobs_grant.pk)

    refused_by(constraint, lambda: grant.update(**values))


def test_a_blood_type_is_one_of_eight_or_blank():
    refused_by(
        "care_blood_type_is_known_or_blank", lambda: PatientFactory(blood_type="C+")
    )


def test_nobody_has_practised_for_more_than_80_years():
    refused_by(
        "care_years_of_experience_at_most_80",
        lambda: DoctorFactory(years_of_experience=81),
    )


def test_two_verified_doctors_do_not_share_a_licence():
    first = DoctorFactory(verified=True)

    refused_by(
        "care_one_verified_doctor_per_license_number",
        lambda: DoctorFactory(verified=True, license_number=first.license_number),
    )


def test_blank_and_merely_claimed_licences_may_repeat():
    verified = DoctorFactory(verified=True)
    for number in ("", "", verified.license_number, verified.license_number):
        DoctorFactory(license_number=number)
    for _ in range(2):
        DoctorFactory(verified=True, license_number="")

    assert DoctorProfile.objects.count() == 7
