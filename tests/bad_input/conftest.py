"""Sending something to an endpoint as somebody of the cast."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from phr.accounts.models import User
from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from tests.bad_input.endpoints import Endpoint
from tests.conftest import Api
from tests.factories import DoctorCommentFactory, NotificationFactory

Send = Callable[..., Any]


@pytest.fixture
def addresses(
    alice: PatientProfile, dr_bob: DoctorProfile, alices_record: HealthRecord
) -> dict[str, str]:
    """A record of Alice with a comment by Dr. Bob, and an unread notification."""
    comment = DoctorCommentFactory.create(health_record=alices_record, doctor=dr_bob)
    notification = NotificationFactory.create(recipient=alice.user)
    return {
        "record": str(alices_record.pk),
        "comment": str(comment.pk),
        "notification": str(notification.pk),
    }


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
