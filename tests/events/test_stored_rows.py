"""Rows of other releases: what is known is delivered, and what is not, fails."""

from datetime import timedelta
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from phr.accounts.models import Mail
from phr.care.choices import EmergencyVerdict, VerificationStatus
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core import events, outbox, tasks
from phr.core.ids import uuid7
from phr.core.models import NOBODY, OutboxEvent
from phr.notifications.models import Notification
from tests.events.conftest import Subscribe
from tests.factories import (
    MONDAY,
    DoctorCommentFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    HealthRecordFactory,
    OutboxEventFactory,
    StaffFactory,
)
from tests.some_events import ThingHappened, events_of_the_product

# What is stored of each event since there is one; these words are in databases.
STORED = {
    "accounts.address_to_confirm": ["user_id"],
    "accounts.all_sessions_ended": ["user_id"],
    "accounts.browser_signed_in_from_new_place": ["user_id"],
    "accounts.changed_by_staff": ["user_id"],
    "accounts.email_changed": ["user_id"],
    "accounts.email_changed_by_staff": ["user_id"],
    "accounts.email_confirmed": ["user_id"],
    "accounts.factors_removed_by_staff": ["user_id"],
    "accounts.mail_due": ["mail_id"],
    "accounts.passkey_added": ["user_id"],
    "accounts.passkey_removed": ["user_id"],
    "accounts.password_changed": ["user_id"],
    "accounts.password_link_by_staff": ["user_id"],
    "accounts.password_reset": ["user_id"],
    "accounts.password_reset_asked": ["user_id"],
    "accounts.recovery_code_used": ["user_id"],
    "accounts.recovery_codes_made": ["user_id"],
    "accounts.refresh_reused": ["session_id"],
    "accounts.signed_in_from_new_place": ["session_id"],
    "accounts.totp_added": ["user_id"],
    "accounts.totp_removed": ["user_id"],
    "archive.export_asked": ["user_id", "export_id"],
    "archive.export_ready": ["user_id", "export_id"],
    "archive.notification_imported": [],
    "care.access_given": ["user_id"],
    "care.access_requested": ["grant_id"],
    "care.doctor_assigned": ["grant_id"],
    "care.doctor_invited": ["grant_id"],
    "care.doctor_refused": ["verification_id"],
    "care.doctor_verified": ["verification_id"],
    "care.emergency_access": ["grant_id"],
    "care.emergency_reviewed": ["grant_id"],
    "care.grant_accepted": ["grant_id"],
    "care.grant_changed": ["grant_id"],
    "care.grant_declined": ["grant_id"],
    "care.grant_ended": ["grant_id"],
    "care.license_handed_in": ["verification_id"],
    "erasure.asked": ["user_id"],
    "erasure.cancelled": ["user_id"],
    "health_records.comment_added": ["comment_id"],
    "health_records.comment_published": ["comment_id"],
    "health_records.record_created": ["record_id"],
    "health_records.record_restored": ["record_id"],
}


@pytest.fixture
def ids(alice: PatientProfile, dr_bob: DoctorProfile) -> dict[str, UUID]:
    """Something of each kind that a row can name; all of them concern Alice or Bob."""
    staff, now = StaffFactory(), timezone.now()
    for user in (alice.user, dr_bob.user):
        EmailAddress.objects.create(user=user, email=user.email, verified=True)
    record = HealthRecordFactory(patient=alice)
    verification = DoctorVerificationFactory(
        doctor=dr_bob,
        status=VerificationStatus.VERIFIED,
        valid_until=now,
        decided_at=now,
        decided_by=staff,
    )
    EmergencyAccessFactory(
        grant__patient=alice,
        verdict=EmergencyVerdict.JUSTIFIED,
        reviewed_at=now,
        reviewed_by=staff,
    )
    mail = Mail.objects.create(
        user=alice.user, address=alice.user.email, kind="accounts.totp_added"
    )
    return {
        "user_id": alice.user_id,
        "session_id": alice.user.login_sessions.create(last_used_at=now).pk,
        "mail_id": mail.pk,
        "export_id": uuid7(),
        "grant_id": CareGrant.objects.exclude(emergency=None).get().pk,
        "verification_id": verification.pk,
        "record_id": record.pk,
        "comment_id": DoctorCommentFactory(health_record=record).pk,
    }


def test_each_kind_that_was_ever_stored_is_known() -> None:
    assert {each.kind for each in events_of_the_product()} == STORED.keys()


@pytest.mark.parametrize("owner_id", [NOBODY, uuid7()])
@pytest.mark.parametrize("kind", STORED)
def test_a_row_from_before_events_were_types_is_delivered(
    ids: dict[str, UUID], sam: object, kind: str, owner_id: UUID
) -> None:
    if kind == "accounts.address_to_confirm":
        EmailAddress.objects.update(verified=False)
    payload = {name: str(ids[name]) for name in STORED[kind]} | {"newer": "unknown"}
    row = OutboxEventFactory(kind=kind, payload=payload, owner_id=owner_id)

    tasks.deliver_event(event_id=str(row.pk))

    row.refresh_from_db()
    assert (row.last_error, row.attempts) == ("", 1)
    assert row.delivered_at is not None
    effects = Notification.objects.filter(event=row).count()
    effects += Mail.objects.filter(event=row).count()
    effects += Mail.objects.exclude(sent_at=None).count()
    assert bool(effects) is events.types_by_kind[kind].is_heard


def test_a_row_of_a_kind_that_nobody_knows_fails_and_is_tried_again(
    db: None, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a release that is newer, or so old that its events are gone."""
    heard: list[ThingHappened] = []
    subscribe(lambda event, _row: heard.append(event))
    row = OutboxEventFactory(kind="care.grant_acepted", next_attempt_at=MONDAY)

    tasks.deliver_event(event_id=str(row.pk))

    row.refresh_from_db()
    assert (row.delivered_at, row.attempts) == (None, 1)
    assert row.last_error == "phr.core.events.UnknownEvent"
    assert row.next_attempt_at > timezone.now() + timedelta(seconds=10)
    # A worker of the release that knows it delivers it.
    monkeypatch.setitem(events.types_by_kind, row.kind, ThingHappened)
    assert outbox.deliver([row.pk], now=timezone.now())
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("payload", "error"),
    [({}, "builtins.TypeError"), ({"grant_id": "7"}, "builtins.ValueError")],
)
def test_a_row_that_names_nothing_is_not_taken_for_delivered(
    db: None, payload: dict[str, str], error: str
) -> None:
    row = OutboxEventFactory(kind="care.grant_accepted", payload=payload)

    tasks.deliver_event(event_id=str(row.pk))

    row.refresh_from_db()
    assert (row.delivered_at, row.attempts, row.last_error) == (None, 1, error)
    assert not OutboxEvent.objects.exclude(delivered_at=None).exists()
