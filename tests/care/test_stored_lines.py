"""What was stored before lines had to be lines is cleaned by a migration."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, DoctorProfile, DoctorVerification
from phr.care.querysets import searched_as
from phr.health_records.models import HealthRecord
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    HealthRecordFactory,
    PatientFactory,
)
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
migration: Any = import_module("phr.care.migrations.0008_lines_are_lines")
WRITTEN = "Moreau\nSecurity notice:\u202e call"
CLEANED = "Moreau Security notice: call"


def migrate() -> None:
    migration.make_lines(apps, connection.schema_editor())
    migration.fold_anew(apps, connection.schema_editor())


def test_every_line_that_is_none_becomes_one() -> None:
    patient = PatientFactory.create(
        user__first_name="\u3164", user__last_name=WRITTEN, emergency_contact=WRITTEN
    )
    doctor = DoctorFactory.create(user__last_name=WRITTEN, specialization=WRITTEN)
    handed_in = DoctorVerificationFactory.create(
        doctor=doctor, last_name=WRITTEN, authority=WRITTEN, reason=WRITTEN
    )
    grant = CareGrantFactory.create(
        patient=patient, doctor=doctor, reason=WRITTEN, end_reason="Moved\taway"
    )
    emergency = EmergencyAccessFactory.create(review_note=WRITTEN)

    migrate()

    for row in (patient.user, patient, doctor, handed_in, grant, emergency):
        row.refresh_from_db()
    assert patient.user.get_full_name() == patient.emergency_contact == CLEANED
    assert doctor.specialization == handed_in.last_name == CLEANED
    assert handed_in.authority == handed_in.reason == emergency.review_note == CLEANED
    assert (grant.reason, grant.end_reason) == (CLEANED, "Moved away")


def test_people_are_found_by_what_they_are_called_now() -> None:
    doctor = DoctorFactory.create(user__first_name="", user__last_name=WRITTEN)
    DoctorProfile.objects.update(search_text="moreau")
    User.objects.update(search_text="moreau")

    migrate()

    doctor.refresh_from_db()
    made = searched_as("", CLEANED, doctor.specialization)
    assert doctor.search_text == made
    assert "call" in doctor.user.search_text.split()


def test_what_is_a_line_is_left_alone_and_nothing_looks_changed(
    alice: Any, dr_bob: Any, dr_eve: Any
) -> None:
    alice.user.first_name = "\u0639\u0644\u06cc\u200c"
    alice.user.save()

    with nothing_written():
        migrate()


def test_titles_licences_and_the_ledger_stay_as_they_were_written() -> None:
    HealthRecordFactory.create(title=WRITTEN)
    DoctorFactory.create(license_number="MED\u202e7", verified=True)
    AccessEntryFactory.create(actor_name=WRITTEN)

    migrate()

    assert HealthRecord.objects.get().title == WRITTEN
    assert DoctorProfile.objects.filter(license_number="MED\u202e7").exists()
    assert AccessEntry.objects.get().actor_name == WRITTEN


def test_more_rows_than_a_batch_are_all_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    DoctorVerificationFactory.create_batch(5, authority=WRITTEN)
    CareGrantFactory.create_batch(3, reason=WRITTEN)

    migrate()

    authorities = DoctorVerification.objects.values_list("authority", flat=True)
    assert set(authorities) == {CLEANED}
    assert set(CareGrant.objects.values_list("reason", flat=True)) == {CLEANED}
