"""An archive of version 1, as it was written in 2026, is imported for ever.

The files under v1/ are never changed. What they become here may gain columns with
defaults; what stood in them must still be there.
"""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, DoctorProfile, EmergencyAccess
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.notifications.models import Notification, NotificationPreference
from tests.archive.exporting import import_from
from tests.archive.forging import write

V1 = Path(__file__).parent / "v1"


@pytest.fixture
def mara(db, tmp_path) -> User:
    """Whose archive it is, after the import."""
    members = {path.name: path.read_bytes() for path in sorted(V1.iterdir())}
    import_from(write(tmp_path / "v1.zip", members), stdout=io.StringIO())
    return User.objects.get(username="mara.lindqvist")


def test_its_account_is_here(mara):
    assert str(mara.pk) == "01a22a43-dc64-7a08-8fce-32fa7cabdf5a"
    assert (mara.first_name, mara.last_name) == ("Mara", "Lindqvist")
    assert (mara.email, mara.phone_number) == ("mara@example.org", "+46701234567")
    assert mara.date_of_birth == date(1984, 6, 9)
    assert mara.last_login == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    assert mara.created_at == datetime(2026, 11, 30, 2, 23, 40, 132654, tzinfo=UTC)
    assert mara.is_active
    assert not mara.has_usable_password()
    patient = mara.patient_profile
    assert patient.emergency_contact == "Olof Lindqvist, +46707654321"
    assert (patient.blood_type, patient.allergies) == ("A+", "Penicillin\nHazelnuts")
    assert not mara.login_sessions.exists()


def test_its_addresses_and_choices_are_here(mara):
    addresses = EmailAddress.objects.filter(user=mara).order_by("email")
    assert list(addresses.values_list("email", "verified", "primary")) == [
        ("mara.lindqvist@example.net", False, False),
        ("mara@example.org", True, True),
    ]
    choices = NotificationPreference.objects.filter(user=mara)
    assert set(choices.values_list("notification_type", "channel", "is_on")) == {
        ("COMMENT_ADDED", "EMAIL", False),
        ("NEW_RECORD", "EMAIL", True),
    }


def test_its_people_are_here_and_cannot_sign_in(mara):
    others = User.objects.exclude(pk=mara.pk)
    assert set(others.values_list("user_type", "first_name", "last_name")) == {
        ("DOCTOR", "Ines", "Okafor"),
        ("DOCTOR", "", "Brandt"),
        ("ADMIN", "Siv", "Dahl"),
    }
    assert not others.filter(is_active=True).exists()
    doctors = DoctorProfile.objects.values_list("specialization", "years_of_experience")
    assert set(doctors) == {("Cardiology", 12), ("", None)}
    assert not any(doctor.is_verified for doctor in DoctorProfile.objects.all())


def test_its_grants_are_here(mara):
    grants = CareGrant.objects.filter(patient=mara.patient_profile)
    assert set(grants.values_list("status", "origin", "doctor__user__last_name")) == {
        ("ACTIVE", "PATIENT", "Okafor"),
        ("ENDED", "DOCTOR", "Brandt"),
        ("DECLINED", "DOCTOR", "Brandt"),
        ("EXPIRED", "EMERGENCY", "Brandt"),
    }
    active = grants.get(status="ACTIVE")
    assert active.is_primary
    assert active.record_types == ["CHECKUP", "LAB_RESULT"]
    assert active.records_since == date(2025, 1, 1)
    assert active.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert (active.reason, active.requested_by) == ("Regular care", mara)
    ended = grants.get(status="ENDED")
    assert (ended.end_reason, ended.ended_by) == ("Moved away", mara)
    assert ended.ended_at == datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert grants.get(status="DECLINED").decision_reason == "Not now"
    emergency = EmergencyAccess.objects.get(grant__patient=mara.patient_profile)
    assert (emergency.reason_code, emergency.verdict) == ("UNCONSCIOUS", "JUSTIFIED")
    assert str(emergency.reviewed_by) == "Siv Dahl"


def test_its_records_and_their_history_are_here(mara):
    records = HealthRecord.objects.filter(patient=mara.patient_profile)
    knee, blood = records.order_by("-visit_date")
    assert (knee.title, knee.record_type) == ("Knee pain after a fall", "DIAGNOSIS")
    assert (knee.description, knee.symptoms) == ("After a fall", "Swelling")
    assert (knee.diagnosis, knee.treatment) == ("Sprain", "Rest")
    assert (knee.medications, knee.version) == ("Ibuprofen 400 mg", 2)
    assert knee.visit.isoformat() == "2026-03-02T23:30:00-07:00"
    assert (knee.created_by, knee.deleted_at) == (mara, None)
    assert (blood.title, blood.record_type) == ("Blood count", "LAB_RESULT")
    assert blood.deleted_at is not None
    (before,) = RecordVersion.objects.filter(id=knee.pk)
    assert (before.title, before.version) == ("Knee pain", 1)
    assert before.pgh_context == {"user": str(mara.pk)}
    assert RecordVersion.objects.get(id=blood.pk).deleted_at is None


def test_its_comments_and_their_history_are_here(mara):
    comment = DoctorComment.objects.get()
    assert (comment.comment, comment.version) == ("Come back in two weeks.", 2)
    assert comment.doctor.user.last_name == "Okafor"
    assert not comment.is_private
    versions = CommentVersion.objects.order_by("comment")
    assert list(versions.values_list("comment", "pgh_label")) == [
        ("An X-ray might help.", "delete"),
        ("Come back in a week.", "update"),
    ]


def test_its_inbox_is_here_and_its_ledger_is_not(mara):
    lines = Notification.objects.filter(recipient=mara)
    assert set(lines.values_list("notification_type", "title", "message")) == {
        ("COMMENT_ADDED", "New comment", "Dr. Ines Okafor has commented on a record."),
        ("SECURITY", "New sign-in", "Somebody signed in to your account."),
    }
    assert lines.get(is_read=True).read_at == datetime(2026, 5, 4, 7, 31, tzinfo=UTC)
    entry = AccessEntry.objects.get(patient_id=mara.patient_profile.pk)
    assert entry.action == "archive.account_imported"
