"""An account that was exported and imported elsewhere is exported just the same.

To run longer: ROUND_TRIPS=2000 pytest tests/archive/test_round_trip.py
"""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pghistory
import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from phr.accounts.models import User
from phr.care.choices import (
    BloodType,
    EmergencyReason,
    EmergencyVerdict,
    GrantOrigin,
    GrantStatus,
    RecordType,
)
from phr.care.models import PatientProfile
from phr.core.single_line import as_one_line
from phr.health_records.models import TEXTS, DoctorComment, HealthRecord
from phr.notifications.models import Notification, NotificationType
from tests.archive.emptying import forget
from tests.archive.exporting import export_to, import_from, parts_of, what_moves
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    EmergencyAccessFactory,
    HealthRecordFactory,
    NotificationFactory,
    PatientFactory,
    StaffFactory,
)

pytestmark = [
    pytest.mark.django_db,
    # What fails is printed, however long its texts are.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

USUALLY = 25  # and then without the minutes that a simpler example takes to find
ROUND_TRIPS = int(os.environ.get("ROUND_TRIPS", USUALLY))
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NOW = timezone.now()


def texts(longest: int) -> st.SearchStrategy[str]:
    """Short ones in any script, empty ones, and as long as they may be."""
    long = st.sampled_from(["é" * longest, "<script>\r\n" * (longest // 10), "\u202e"])
    return st.one_of(st.text(LETTERS, max_size=min(longest, 60)), long)


def words(longest: int) -> st.SearchStrategy[str]:
    """Texts that are not blank, by what the database takes for a letter."""
    return texts(longest - 1).map(lambda text: f"{text}x")


def lines(longest: int) -> st.SearchStrategy[str]:
    """What fields of one line take; empty ones, too."""
    return texts(longest).map(as_one_line)


moments = st.datetimes(datetime(1901, 1, 1), NOW.replace(tzinfo=None)).map(  # noqa: DTZ001 - the zone comes next
    lambda moment: moment.replace(tzinfo=UTC)
)
records = st.fixed_dictionaries(
    {
        "record_type": st.sampled_from(RecordType.values),
        "title": words(200).map(as_one_line),
        "visit_date": moments,
        "visit_offset": st.integers(-14 * 60, 14 * 60),
        "deleted_at": st.none() | st.just(NOW - timedelta(days=3)),
        **{name: texts(20_000) for name in TEXTS},
    }
)
comments = st.fixed_dictionaries(
    {"comment": words(10_000), "is_private": st.booleans()}
)
histories = st.lists(comments, min_size=1, max_size=4)
record_histories = st.tuples(
    st.lists(records, min_size=1, max_size=3),
    st.lists(st.tuples(histories, st.booleans()), max_size=3),
)
profiles = st.fixed_dictionaries(
    {
        "emergency_contact": lines(200),
        "allergies": texts(2_000),
        "blood_type": st.sampled_from(["", *BloodType.values]),
        "user__first_name": lines(150),
        "user__last_name": words(150).map(as_one_line),
        "user__phone_number": st.sampled_from(["", "+31201234567"]),
        "user__date_of_birth": st.none()
        | st.dates(datetime(1900, 1, 1).date(), NOW.date()),  # noqa: DTZ001 - a day has no zone
        "user__language": st.sampled_from(["", "en", "de"]),
        "user__time_zone": st.sampled_from(["", "Asia/Kathmandu", "Etc/GMT+5"]),
        "user__last_login": st.none() | moments,
    }
)
grants = st.fixed_dictionaries(
    {
        "status": st.sampled_from(GrantStatus.values),
        "origin": st.sampled_from(GrantOrigin.values),
        "record_types": st.lists(st.sampled_from(RecordType.values), unique=True),
        "records_since": st.none() | st.dates(datetime(1900, 1, 1).date()),  # noqa: DTZ001 - a day has no zone
        "expires": st.none() | st.integers(1, 10**9),
        **{name: lines(500) for name in ("reason", "decision_reason", "end_reason")},
        "reason_code": st.sampled_from(EmergencyReason.values),
        "verdict": st.sampled_from(["", *EmergencyVerdict.values]),
    }
)
notifications = st.fixed_dictionaries(
    {
        "notification_type": st.sampled_from(NotificationType.values),
        "title": lines(200),
        "message": lines(1_000),
        "read_at": st.none() | moments,
    }
)
accounts = st.fixed_dictionaries(
    {
        "profile": profiles,
        "records": st.lists(record_histories, max_size=3),
        "grants": st.lists(grants, max_size=5),
        "notifications": st.lists(notifications, max_size=3),
        "is_verified": st.booleans(),
    }
)


@settings(
    max_examples=ROUND_TRIPS,
    deadline=None,
    database=None,
    phases=[Phase.generate] if ROUND_TRIPS == USUALLY else list(Phase),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(account=accounts, elsewhere=st.booleans())
def test_what_was_exported_and_imported_is_exported_the_same(account, elsewhere):
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        patient = make(account)
        first = export_to(Path(folder) / "first.zip", patient.user)
        forget(patient, and_everybody=elsewhere)

        import_from(first, stdout=NoWhere())

        user = User.objects.get(pk=patient.user_id)
        second = export_to(Path(folder) / "second.zip", user)
        assert what_moves(parts_of(second)) == what_moves(parts_of(first))
        assert_everything_is_back(account, user)
        transaction.set_rollback(True)


class NoWhere:
    def write(self, text: str) -> None:
        pass


def assert_everything_is_back(account, user):
    """What an export that lost something would not show by being the same."""
    assert not user.has_usable_password()
    found_by = user.search_text
    user.note_search_text()
    assert user.search_text == found_by
    assert user.login_sessions.count() == 0
    mine = HealthRecord.objects.filter(patient__user=user)
    assert mine.count() == len(account["records"])
    assert user.patient_profile.care_grants.count() == len(account["grants"])
    told = Notification.objects.filter(recipient=user)
    assert told.count() == len(account["notifications"])
    assert not told.exclude(event__delivered_at__isnull=False).exists()
    for record in mine:
        found = record.search_words
        record.note_words()
        record.save()
        record.refresh_from_db()
        assert record.search_words == found


def make(account) -> PatientProfile:
    patient = PatientFactory(**account["profile"])
    EmailAddress.objects.create(
        user=patient.user,
        email=patient.user.email,
        verified=account["is_verified"],
        primary=True,
    )
    for history, said in account["records"]:
        make_record(patient, history, said)
    for grant in account["grants"]:
        make_grant(patient, **grant)
    for notification in account["notifications"]:
        is_read = notification["read_at"] is not None
        NotificationFactory(recipient=patient.user, is_read=is_read, **notification)
    return patient


def make_record(patient, history, said):
    """The record as it was at first, and each change of it."""
    record = HealthRecordFactory(patient=patient, **history[0] | {"deleted_at": None})
    for values in history:
        record.version += 1
        for name, value in values.items():
            setattr(record, name, value)
        record.note_words()
        with pghistory.context(user=str(patient.user_id)):
            record.save()
    for versions, is_deleted in said:
        make_comment(record, versions, is_deleted=is_deleted)


def make_comment(record, versions, *, is_deleted):
    comment = DoctorCommentFactory(health_record=record, **versions[0])
    for values in versions[1:]:
        DoctorComment.objects.filter(pk=comment.pk).update(
            version=comment.version + 1, **values
        )
        comment.version += 1
    if is_deleted:
        comment.delete()


def make_grant(patient, *, expires, reason_code, verdict, **values):
    """To a doctor of its own, in whatever state."""
    doctor, staff = DoctorFactory(verified=True), StaffFactory(first_name="")
    is_emergency = values["origin"] == GrantOrigin.EMERGENCY
    has_ended = values["status"] == GrantStatus.ENDED
    seconds = expires or (3_600 if is_emergency else None)
    grant = CareGrantFactory(
        patient=patient,
        doctor=doctor,
        decided_by=staff,
        ended_by=staff if has_ended else None,
        ended_at=NOW if has_ended else None,
        starts_at=NOW,
        expires_at=seconds and NOW + timedelta(seconds=seconds),
        **values,
    )
    if is_emergency:
        EmergencyAccessFactory(
            grant=grant,
            reason_code=reason_code,
            verdict=verdict,
            reviewed_at=NOW if verdict else None,
            reviewed_by=staff if verdict else None,
        )
