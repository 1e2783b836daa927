"""One record of Alice's, full of words that nobody else may read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.services import start_session
from phr.care.choices import RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import TEXTS, DoctorComment, HealthRecord
from tests.access.matrix import Row
from tests.conftest import Api, user_of
from tests.factories import (
    PASSWORD,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    HealthRecordFactory,
    NotificationFactory,
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
    notification = NotificationFactory(recipient=alice.user)
    tokens = start_session(user=alice.user, at=timezone.now())
    return {
        "alice_id": str(alice.pk),
        "carol_id": str(carol.pk),
        "dr_eve_id": str(dr_eve.pk),
        "dr_dan_id": str(dr_dan.pk),
        "record_id": str(secret_record.pk),
        "carols_record_id": str(HealthRecordFactory(patient=carol).pk),
        "comment_id": str(said.pk),
        "private_comment_id": str(private.pk),
        "colleagues_comment_id": str(colleagues_comment.pk),
        "notification_id": str(notification.pk),
        "anything_else": "no-such-thing/",
        "password": PASSWORD,
        "refresh": tokens.refresh,
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
