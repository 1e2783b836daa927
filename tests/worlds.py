"""A world that is made once for a module, and that each test finds as it was made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import User
from tests.access.browsers import browser_of
from tests.conftest import Api, begin_session, use_token, user_of

# Of sessions that count as begun just now: much less than any limit of their age, and
# than the minute after which their use is noted again.
JUST_NOW = timedelta(seconds=45)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
COOKIE = settings.SESSION_COOKIE_NAME
World = TypeVar("World")


@contextmanager
def kept_for_a_module(blocker: Any, make: Callable[[], World]) -> Iterator[World]:
    """What is made is there for all tests of the module, and gone after them.

    It is made in a transaction that is rolled back in the end; each test has a
    savepoint in it. So no test of the module may have transactions of its own. Tests
    must not share instances of models, whose caches and changes nobody rolls back: keep
    the ids, and let each test read its own.

    :param blocker: the fixture `django_db_blocker`.
    """
    with blocker.unblock(), transaction.atomic():
        world = make()
        settle()
        yield world
        transaction.set_rollback(True)


def settle() -> None:
    """Check now that what the new rows name is there.

    Else it is checked at the end of each test, for all of the world: with the test's
    savepoint PostgreSQL takes back that it has been.
    """
    connection.check_constraints()


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


@dataclass
class Sessions:
    """Sessions of a world's people, begun when it was made, or again since then.

    :ivar tokens: of their sessions of the API, by name.
    :ivar browsers: the cookies of browsers in which they are signed in, by name.
    """

    users: dict[str, User]
    before: str  # the savepoint in which nobody had signed in
    begun_at: datetime = LONG_AGO
    tokens: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, str] = field(default_factory=dict)

    def are_new(self) -> bool:
        return timezone.now() - self.begun_at < JUST_NOW

    def begin(self) -> None:
        """Sign in everybody, as if it was for the first time."""
        connection.savepoint_rollback(self.before)
        self.begun_at = timezone.now()
        for who, user in self.users.items():
            self.tokens[who] = begin_session(user)
            self.browsers[who] = browser_of(user).cookies[COOKIE].value
        settle()


def begin_sessions(people: dict[str, Any]) -> Sessions:
    """Sign in everybody of a world, once for many of its tests."""
    users = {who: user_of(one) for who, one in people.items()}
    before = connection.savepoint()
    assert before  # in a transaction there is one
    sessions = Sessions(users, before)
    sessions.begin()
    return sessions


def renewed_sessions(world: str) -> Any:
    """The fixture that begins the sessions of a world anew, between two tests.

    Where a test has its savepoint already, the next one does.

    :param world: the fixture that gives what is there, with its `sessions`.
    """

    @pytest.fixture(autouse=True)
    def renew(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
        if world not in request.fixturenames:
            return
        sessions: Sessions = request.getfixturevalue(world)["sessions"]
        if sessions.are_new():
            return
        with django_db_blocker.unblock():
            if not connection.savepoint_ids:
                sessions.begin()

    return renew


def kept_browser(sessions: Sessions, who: str) -> Client:
    """A browser in which somebody has signed in as their world was made."""
    client = Client()
    if sessions.are_new():
        client.cookies[COOKIE] = sessions.browsers[who]
        return client
    return browser_of(User.objects.get(pk=sessions.users[who].pk))


def clients_of(world: str) -> Any:
    """The fixture `api` for people who have signed in as their world was made.

    Where that is some time ago, and for all others, it signs in as elsewhere.

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
