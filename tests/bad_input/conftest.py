"""Sending something to an endpoint as somebody of the cast."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from phr.accounts.models import User
from phr.care.models import CareGrant
from phr.core.ids import uuid7
from phr.identity.second_factors import PASSKEY
from tests import cast
from tests.bad_input.endpoints import Endpoint
from tests.conftest import Api
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    ErasureFactory,
    HealthRecordFactory,
    NotificationFactory,
)
from tests.identity.authenticator import registered
from tests.worlds import (
    begin_sessions,
    clients_of,
    kept_for_a_module,
    member,
    renewed_sessions,
)

Send = Callable[..., Any]


@pytest.fixture(scope="module")
def whole_world(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[dict[str, Any]]:
    """Alice, Dr. Bob, Sam and her record, by name, and what `addresses` gives."""
    with kept_for_a_module(django_db_blocker, make_whole_world) as world:
        yield world


def make_whole_world() -> dict[str, Any]:
    alice = cast.make_alice()
    people = {
        "alice": alice,
        "dr_bob": cast.make_dr_bob(alice),
        "sam": cast.make_sam(),
    }
    world = people | {"alices_record": cast.make_record(alice)}
    addresses = make_addresses(world)
    sessions = begin_sessions(people)
    return world | {"addresses": addresses, "sessions": sessions}


@pytest.fixture(autouse=True)
def _made_once(whole_world: dict[str, Any]) -> None:
    """The same for every test of a module: nothing else tells tests to find it."""


alice = member("alice", "whole_world")
dr_bob = member("dr_bob", "whole_world")
sam = member("sam", "whole_world")
alices_record = member("alices_record", "whole_world")
renewed = renewed_sessions("whole_world")
api = clients_of("whole_world")


@pytest.fixture
def addresses(whole_world: dict[str, Any], db: None) -> dict[str, str]:
    """A record of Alice with a comment by Dr. Bob, and an unread notification.

    And a record that she has deleted. Dr. Bob has asked to leave.
    """
    return dict(whole_world["addresses"])


def make_addresses(world: dict[str, Any]) -> dict[str, str]:
    alice, dr_bob, record = world["alice"], world["dr_bob"], world["alices_record"]
    ErasureFactory.create(user_id=dr_bob.user_id)
    deleted = HealthRecordFactory.create(
        patient=alice, deleted_at=timezone.now(), title="Deleted"
    )
    comment = DoctorCommentFactory.create(health_record=record, doctor=dr_bob)
    notification = NotificationFactory.create(recipient=alice.user)
    asked = CareGrantFactory.create(patient=alice, pending=True)
    return {
        "grant": str(CareGrant.objects.get(patient=alice, doctor=dr_bob).pk),
        "asked": str(asked.pk),
        "record": str(record.pk),
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
def send(api: Api, addresses: dict[str, str]) -> Send:
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
