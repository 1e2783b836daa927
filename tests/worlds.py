"""A world that is made once for a module, and that each test finds as it was made."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from tests.conftest import Api, begin_session, use_token, user_of

# Of sessions that count as begun just now: much less than any limit of their age.
JUST_NOW = timedelta(minutes=2)


@contextmanager
def kept_for_a_module(blocker: Any) -> Iterator[None]:
    """What is made within is there for all tests of the module, and gone after them.

    It is made in a transaction that is rolled back in the end; each test has a
    savepoint in it. So no test of the module may have transactions of its own. Tests
    must not share instances of models, whose caches and changes nobody rolls back: keep
    the ids, and let each test read its own.

    :param blocker: the fixture `django_db_blocker`.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def member(name: str, world: str) -> Any:
    """A fixture for one of a world's people or things, read anew for each test.

    In tests without that world it is what the fixture of this name is elsewhere. A test
    that asks for nothing else has a savepoint, too: the world stays as it was made.

    :param world: the fixture that gives what is there, by name.
    """

    @pytest.fixture(name=name)
    def somebody(request: pytest.FixtureRequest, db: None) -> Any:
        if world not in request.fixturenames:
            return request.getfixturevalue(name)
        made = request.getfixturevalue(world)[name]
        return type(made)._default_manager.get(pk=made.pk)

    return somebody


@dataclass(frozen=True)
class Sessions:
    """Sessions of a world's people, begun when it was made, with their tokens."""

    begun_at: datetime
    tokens: dict[str, str]

    def are_new(self) -> bool:
        return timezone.now() - self.begun_at < JUST_NOW


def begin_sessions(people: dict[str, Any]) -> Sessions:
    """Sign in everybody of a world, once for all of its tests."""
    tokens = {who: begin_session(user_of(one)) for who, one in people.items()}
    return Sessions(timezone.now(), tokens)


def clients_of(world: str) -> Any:
    """The fixture `api` for people who have signed in as their world was made.

    Once that is some time ago, and for all others, it signs in as elsewhere.

    :param world: the fixture that gives what is there, with its `sessions`.
    """

    @pytest.fixture(name="api")
    def clients(request: pytest.FixtureRequest, api: Api) -> Api:
        if world not in request.fixturenames:
            return api
        sessions: Sessions = request.getfixturevalue(world)["sessions"]
        kept = sessions.tokens if sessions.are_new() else {}

        def client_of(who: str) -> APIClient:
            if who not in kept:
                return api(who)
            client = APIClient()
            use_token(client, kept[who])
            return client

        return client_of

    return clients
