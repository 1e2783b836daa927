"""Sending something to an endpoint as somebody of the cast."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from phr.accounts.factors import PASSKEY
from phr.accounts.models import User
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.ids import uuid7
from phr.health_records.models import HealthRecord
from tests.accounts.authenticator import registered
from tests.bad_input.endpoints import Endpoint
from tests.conftest import Api
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    ErasureFactory,
    HealthRecordFactory,
    NotificationFactory,
)

Send = Callable[..., Any]


@pytest.fixture
def addresses(
    alice: PatientProfile, dr_bob: DoctorProfile, alices_record: HealthRecord
) -> dict[str, str]:
    """A record of Alice with a comment by Dr. Bob, and an unread notification.

    And a record that she has deleted. Dr. Bob has asked to leave.
    """
    ErasureFactory.create(user_id=dr_bob.user_id)
    deleted = HealthRecordFactory.create(
        patient=alice, deleted_at=timezone.now(), title="Deleted"
    )
    comment = DoctorCommentFactory.create(health_record=alices_record, doctor=dr_bob)
    notification = NotificationFactory.create(recipient=alice.user)
    asked = CareGrantFactory.create(patient=alice, pending=True)
    return {
        "grant": str(CareGrant.objects.get(patient=alice, doctor=dr_bob).pk),
        "asked": str(asked.pk),
        "record": str(alices_record.pk),
        "deleted": str(deleted.pk),
        "comment": str(comment.pk),
        "notification": str(notification.pk),
        "doctor": str(dr_bob.pk),
        "passkey": passkey_of(alice.user),
    }


def passkey_of(user: User) -> str:
    """Give the user a passkey, which nothing here shows: its id."""
    passkey_id = str(uuid7())
    data = {"id": passkey_id, "name": "Phone", "credential": registered()}
    Authenticator.objects.create(user=user, type=PASSKEY, data=data)
    return passkey_id


@pytest.fixture
def send(api: Api, addresses: dict[str, str], sam: User) -> Send:
    """Send a body, made JSON in ASCII, or bytes as they are, to an endpoint."""
    clients: dict[str, Any] = {
        who: api(who) for who in ("nobody", "alice", "dr_bob", "sam")
    }

    def send_to(
        endpoint: Endpoint,
        body: Any,
        content_type: str = "application/json",
        **extra: Any,
    ) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = endpoint.path.format(**addresses)
        method = endpoint.method.upper()
        return clients[endpoint.who].generic(method, path, data, content_type, **extra)

    return send_to
