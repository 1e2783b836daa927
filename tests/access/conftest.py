"""One record of Alice's, full of words that nobody else may read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.addresses import claim, confirmation_key
from phr.accounts.factors import PASSKEY, TOTP
from phr.accounts.models import LoginSession, User
from phr.accounts.passwords import reset_key
from phr.accounts.services import start_session
from phr.care.choices import RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.ids import uuid7
from phr.health_records.models import TEXTS, DoctorComment, HealthRecord
from tests.access.matrix import Row
from tests.accounts.authenticator import registered
from tests.care.conftest import grant_between
from tests.conftest import Api, user_of
from tests.factories import (
    PASSWORD,
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    ErasureFactory,
    ExportFactory,
    HealthRecordFactory,
    NotificationFactory,
    NotificationPreferenceFactory,
)

SECRET = "Unmistakable"  # in every text of the record and in each comment
PRIVATE_SECRET = "Confidentially"

Scene = dict[str, str]


@pytest.fixture
def secret_record(alice: PatientProfile) -> HealthRecord:
    texts = {name: f"{SECRET} {name}" for name in ("title", *TEXTS)}
    record: HealthRecord = HealthRecordFactory(
        patient=alice, record_type=RecordType.CHECKUP, **texts
    )
    return record


@pytest.fixture
def colleagues_comment(
    alice: PatientProfile, secret_record: HealthRecord
) -> DoctorComment:
    """By a doctor who cares for Alice beside Dr. Bob."""
    colleague = DoctorFactory(verified=True)
    CareGrantFactory(patient=alice, doctor=colleague)
    comment: DoctorComment = DoctorCommentFactory(
        health_record=secret_record, doctor=colleague, comment=f"{SECRET} advice"
    )
    return comment


@pytest.fixture(autouse=True)
def _emergency_access(settings: Any) -> None:
    settings.EMERGENCY_ACCESS = True


@pytest.fixture
def scene(
    alice: PatientProfile,
    carol: PatientProfile,
    dr_bob: DoctorProfile,
    dr_eve: DoctorProfile,
    dr_dan: DoctorProfile,
    dr_fay: DoctorProfile,
    dr_gil: DoctorProfile,
    dr_hal: DoctorProfile,
    dr_ira: DoctorProfile,
    dr_jo: DoctorProfile,
    secret_record: HealthRecord,
    colleagues_comment: DoctorComment,
) -> Scene:
    """What the names in braces of the table stand for."""
    said = DoctorCommentFactory(
        health_record=secret_record, doctor=dr_bob, comment=f"{SECRET} remark"
    )
    private = DoctorCommentFactory(
        health_record=secret_record,
        doctor=dr_bob,
        comment=f"{PRIVATE_SECRET} said",
        is_private=True,
    )
    change_all(secret_record, said, private)
    deleted = HealthRecordFactory(
        patient=alice, title=f"{SECRET} once", deleted_at=timezone.now()
    )
    notification = NotificationFactory(recipient=alice.user)
    NotificationPreferenceFactory(user=alice.user)
    DoctorVerificationFactory(doctor=dr_eve)
    EmergencyAccessFactory()
    export = ExportFactory(user=alice.user, ready=True)
    AccessEntryFactory(
        patient_id=alice.pk,
        actor_id=dr_bob.user_id,
        object_ids=[secret_record.pk],
    )
    tokens = start_session(user=alice.user, at=timezone.now())
    session = LoginSession.objects.get(user=alice.user)
    passkey = add_factors(alice.user)
    claim(alice.user)
    return {
        "alice_id": str(alice.pk),
        "carol_id": str(carol.pk),
        "dr_bob_id": str(dr_bob.pk),
        "dr_eve_id": str(dr_eve.pk),
        "dr_dan_id": str(dr_dan.pk),
        "grant_id": str(grant_between(alice, dr_bob).pk),
        "request_id": str(grant_between(alice, dr_hal).pk),
        "ended_grant_id": str(grant_between(alice, dr_eve).pk),
        "record_id": str(secret_record.pk),
        "deleted_record_id": str(deleted.pk),
        "carols_record_id": str(HealthRecordFactory(patient=carol).pk),
        "comment_id": str(said.pk),
        "private_comment_id": str(private.pk),
        "colleagues_comment_id": str(colleagues_comment.pk),
        "export_id": str(export.pk),
        "waiting_export_id": str(ExportFactory(patient=carol).pk),
        "erasure_id": str(ErasureFactory(erased=True).pk),
        "notification_id": str(notification.pk),
        "doctor_id": str(dr_dan.pk),
        "in_a_year": (timezone.now() + timedelta(days=365)).isoformat(),
        "anything_else": "no-such-thing/",
        "password": PASSWORD,
        "new_password": "another long sentence 8",
        "session_id": str(session.pk),
        "passkey_id": passkey,
        "reset_key": reset_key(alice.user),
        "confirmation_key": confirmation_key(alice.user, alice.user.email),
        "refresh": tokens.refresh,
    }


def add_factors(user: User) -> str:
    """An authenticator app and a passkey, whose id it returns."""
    passkey_id = str(uuid7())
    data = {"id": passkey_id, "name": "Phone", "credential": registered()}
    Authenticator.objects.create(user=user, type=TOTP, data={"counter": 0})
    Authenticator.objects.create(user=user, type=PASSKEY, data=data)
    return passkey_id


def change_all(record: HealthRecord, *comments: DoctorComment) -> None:
    """Leave a version of each behind, with the same unmistakable words."""
    HealthRecord.objects.filter(pk=record.pk).update(
        title=f"{record.title} again", version=2
    )
    for comment in comments:
        DoctorComment.objects.filter(pk=comment.pk).update(
            comment=f"{comment.comment} again", version=2
        )


@pytest.fixture
def staff_scene(alice, carol, dr_bob, dr_eve, dr_dan, bobs_grant) -> dict[str, Any]:
    """What `staff_actions` are about."""
    DoctorVerificationFactory(doctor=dr_dan)
    start_session(user=alice.user, at=timezone.now())
    return {
        "patient": carol.pk,
        "user": alice.user_id,
        "doctor": dr_dan.pk,
        "verified": dr_eve.pk,
        "grant": bobs_grant.pk,
        "emergency": EmergencyAccessFactory().pk,
        "session": LoginSession.objects.get(user=alice.user).pk,
    }


@pytest.fixture
def client_for(api: Api, request: pytest.FixtureRequest) -> Callable[[str, Row], Any]:
    """A client that is signed in the way the row says."""

    def client_of(who: str, row: Row) -> APIClient:
        if not row.session:
            return api(who)
        client = APIClient()
        if who != "nobody":
            client.force_login(user_of(request.getfixturevalue(who)))
        return client

    return client_of
