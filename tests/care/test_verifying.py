"""Staff note that they have checked who a doctor is."""

import pytest
from django.utils import timezone

from phr.care.registration import LicenseNumberTaken
from phr.care.services import verify_doctor
from phr.core.errors import NotAllowed, NotFound
from phr.core.ids import uuid7
from tests.conftest import user_of
from tests.factories import DoctorFactory
from tests.rows import nothing_written


def test_staff_verify_a_doctor(api, sam, dr_dan):
    now = timezone.now()

    verify_doctor(actor=sam, doctor_id=dr_dan.pk, at=now)

    dr_dan.refresh_from_db()
    assert (dr_dan.verified_at, dr_dan.verified_by) == (now, sam)
    assert api("dr_dan").get("/api/auth/profile/").json()["is_verified"] is True


@pytest.mark.parametrize("who", ["alice", "dr_bob", "dr_dan"])
def test_nobody_else_verifies_a_doctor_not_even_themself(request, dr_dan, who):
    user = user_of(request.getfixturevalue(who))

    with nothing_written(), pytest.raises(NotAllowed):
        verify_doctor(actor=user, doctor_id=dr_dan.pk, at=timezone.now())


def test_a_doctor_who_does_not_exist_is_not_verified(sam):
    with nothing_written(), pytest.raises(NotFound):
        verify_doctor(actor=sam, doctor_id=uuid7(), at=timezone.now())


def test_a_licence_that_a_verified_doctor_holds_is_not_verified_again(sam, dr_bob):
    claimant = DoctorFactory(license_number=dr_bob.license_number)

    with nothing_written(), pytest.raises(LicenseNumberTaken):
        verify_doctor(actor=sam, doctor_id=claimant.pk, at=timezone.now())


def test_claiming_a_licence_does_not_hinder_its_real_holder(sam):
    holder = DoctorFactory()
    DoctorFactory(license_number=holder.license_number)

    verify_doctor(actor=sam, doctor_id=holder.pk, at=timezone.now())

    holder.refresh_from_db()
    assert holder.is_verified


def test_a_new_licence_number_takes_the_verification_away(api, dr_bob):
    client = api("dr_bob")

    kept = client.patch("/api/auth/profile/", {"specialization": "Surgery"})
    assert kept.json()["is_verified"] is True
    changed = client.patch("/api/auth/profile/", {"license_number": "BIG-NEW"})

    assert changed.json()["is_verified"] is False
