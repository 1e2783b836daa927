"""Marked words go through every route, and turn up nowhere outside of the database.

They are sent in every place of a request that takes text, in requests that succeed,
are refused, and break; then logs, metrics, traces, error reports, Redis with what
workers are asked, and mails are searched for them.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from prometheus_client import REGISTRY, generate_latest
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.core import wakeups
from phr.core.redis_client import connection
from tests.access.browsers import browser_of
from tests.access.matrix import ROWS, Row
from tests.access.scene import PRIVATE_SECRET, SECRET
from tests.access.sending import fill
from tests.access.test_admin_site import addresses
from tests.conftest import Api
from tests.factories import PASSWORD, UserFactory
from tests.production_logs import captured_logs
from tests.watching.conftest import Flush
from tests.watching.receivers import Receiver

MARK = "zxqmark"
ADDRESS = "203.0.113.77"  # from where all requests come
# Fields in which people write; the others are kept, so that requests succeed.
WRITTEN = frozenset(
    {"title", "description", "symptoms", "diagnosis", "treatment", "medications"}
    | {"comment", "first_name", "last_name", "allergies", "emergency_contact"}
    | {"reason", "note", "name", "specialization", "license_number", "authority"}
)
TYPED: dict[str, Any] = {
    "HTTP_USER_AGENT": f"{MARK}-agent",
    "HTTP_REFERER": f"https://example.org/{MARK}-referer",
    "HTTP_X_FORWARDED_FOR": f"{MARK}-forwarded",
    "HTTP_TRACEPARENT": f"00-{MARK}",
    "HTTP_X_REQUEST_ID": f"{MARK}-id",
    "REMOTE_ADDR": ADDRESS,
}
PATHS = [f"/api/{MARK}/", f"/{MARK}/", f"/static/{MARK}.css", f"/admin/{MARK}/"]
PATHS += [f"/api/health-records/{MARK}/", f"/admin/accounts/user/{MARK}/change/"]


@contextmanager
def taken_back() -> Iterator[None]:
    """What a request has changed is gone for the next one; its tasks are asked for."""
    from django.test import TestCase

    with transaction.atomic():
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
        transaction.set_rollback(True)


def marked(value: Any, key: str = "", *, everything: bool = False) -> Any:
    """A body with the mark in what people write, or in every text."""
    match value:
        case dict():
            more = (
                {"diagnosis": MARK, "symptoms": MARK} if "visit_date" in value else {}
            )
            return {
                name: marked(inner, name, everything=everything)
                for name, inner in {**value, **more}.items()
            }
        case list():
            return [marked(inner, key, everything=everything) for inner in value]
        case str() if everything or key in WRITTEN:
            return f"{MARK} {key}"
        case _:
            return value


def most_welcome(row: Row) -> str:
    """Who gets furthest with a request."""
    return min(row.statuses, key=lambda who: (row.statuses[who], who))


def send(client: APIClient, row: Row, scene: dict[str, str], body: Any) -> Any:
    names = scene | {name: fill(text, scene) for name, text in row.given.items()}
    url, filled = fill(row.path, names), fill(body, names)
    text = json.dumps(filled) if filled is not None else ""
    return client.generic(row.method, url, text, "application/json", **TYPED)


@contextmanager
def broken_database() -> Iterator[None]:
    """A database that quotes rows at each statement but those that sign in."""

    def fail(*_: Any, **__: Any) -> Any:
        raise IntegrityError(f"Failing row contains ({MARK}-row)")

    with ExitStack() as stack:
        for name in (
            "django.db.backends.utils.CursorWrapper.execute",
            "phr.core.compiled_queries.execute",
        ):
            stack.enter_context(patch(name, fail))
        yield


@pytest.fixture
def walk(
    scene: dict[str, str],
    client_for: Callable[[str, Row], Any],
    deliver: Callable[[], None],
) -> Callable[[], list[int]]:
    """Go through every row of the table, in four ways, and give the statuses."""

    def through(row: Row, is_first: bool) -> Iterator[int]:
        client = client_for(most_welcome(row), row)
        client.raise_request_exception = False
        with taken_back():
            yield send(client, row, scene, marked(row.body)).status_code
            deliver()
        if not is_first:
            return
        with taken_back():
            nonsense = marked(row.body, everything=True)
            yield send(client, row, scene, nonsense).status_code
        with taken_back():
            yield send_as_stranger(row, scene).status_code
        with taken_back(), broken_database():
            yield send(client, row, scene, marked(row.body)).status_code

    def walk_through() -> list[int]:
        seen: set[tuple[str, str]] = set()
        statuses: list[int] = []
        deliver()  # what the scene has caused, once
        for row in ROWS:
            address = row.method, row.path.partition("?")[0]
            statuses += through(row, address not in seen)
            seen.add(address)
        return statuses

    return walk_through


def send_as_stranger(row: Row, scene: dict[str, str]) -> Any:
    """With a token and a cookie that are nobody's, and a question that is none."""
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {MARK}.{MARK}.{MARK}")
    client.cookies["sessionid"] = MARK
    path = row.path.partition("?")[0] + f"?search={MARK}&{MARK}={MARK}"
    return client.generic(row.method, fill(path, scene), **TYPED)


def walk_the_admin_site(staff: User) -> list[int]:
    browser = browser_of(staff)
    browser.raise_request_exception = False
    statuses = []
    for page in addresses(admin.site.get_urls()):
        path = f"/admin/{page.removesuffix('$').removesuffix(chr(92) + 'Z')}"
        form = dict.fromkeys(("q", "username", "password", *WRITTEN), MARK)
        for send_page in (browser.get, browser.post):
            with taken_back():
                statuses.append(send_page(path, form, **TYPED).status_code)
        with taken_back(), broken_database():
            statuses.append(Client(raise_request_exception=False).get(path).status_code)
    return statuses


def make_root() -> User:
    staff = {"is_staff": True, "is_superuser": True, "user_type": "ADMIN"}
    user: User = UserFactory(**staff)
    return user


@contextmanager
def without_pytests_handlers() -> Iterator[None]:
    """What pytest keeps of the log, tracebacks and all, takes longer than the rest."""
    root = logging.getLogger()
    theirs = [each for each in root.handlers if "_pytest" in type(each).__module__]
    for handler in theirs:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in theirs:
            root.addHandler(handler)


def test_what_was_marked_is_in_nothing_that_leaves_or_lies_around(
    walk: Callable[[], list[int]],
    scene: dict[str, str],
    api: Api,
    collector: Receiver,
    sentry: Receiver,
    flush: Flush,
) -> None:
    with without_pytests_handlers(), captured_logs() as log:
        statuses = walk()
        pages = walk_the_admin_site(make_root())
        stranger = APIClient(raise_request_exception=False)
        for path in PATHS:
            stranger.get(path, **TYPED)
        wakeups.sender.is_done_within(10)
    flush()
    assert statuses.count(500) > 50
    assert sum(status < 300 for status in statuses) > 80
    assert len(pages) > 100
    left = {
        "log": log.getvalue(),
        "metrics": generate_latest(REGISTRY).decode(),
        "traces": collector.everything.decode(errors="replace"),
        "error reports": sentry.everything.decode(errors="replace"),
        "Redis and tasks": everything_in_redis(),
        "mails": "\n".join(f"{each.subject}\n{each.body}" for each in mail.outbox),
    }
    assert {place for place, text in left.items() if len(text) < 500} == set()
    found = [
        (place, word, text[max(0, text.index(word) - 200) : text.index(word) + 50])
        for place, text in left.items()
        for word in unsayable(scene)
        if word in text
    ]
    assert found == []


def unsayable(scene: dict[str, str]) -> list[str]:
    """The marks, and what the people of the scene would not want to read there."""
    people = User.objects.exclude(last_name="").values_list("last_name", "email")
    texts = {text for person in people for text in person}
    secrets = {PASSWORD, scene["refresh"], SECRET, PRIVATE_SECRET}
    return sorted({MARK, ADDRESS} | texts | secrets)


def everything_in_redis() -> str:
    """Keys and values, the messages for workers among them."""
    client: Any = connection()
    read = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"none": lambda _: "it has ended meanwhile",
    }
    return "\n".join(
        f"{key!r}: {read[client.type(key)](key)!r}" for key in client.keys("*")
    )
