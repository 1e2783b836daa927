"""Sessions of browsers: Django keeps them, allauth's table says whose they are.

Rows of ended ones stay until they are purged, as places from which somebody has signed
in; they do not count, as there is no session behind them.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    Func,
    OuterRef,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now

from phr.accounts.models import User
from phr.core.request_origin import current_origin

Rows = QuerySet[Any, Any]

MOST_SESSIONS = 100
NO_ADDRESS = "::"
SECOND_FACTOR = "second_factor"
NOTED_EVERY = timedelta(minutes=1)  # of use, so that not each request writes
STRONG = Coalesce(
    Cast(KT(f"data__{SECOND_FACTOR}"), BooleanField()),
    Value(False),  # noqa: FBT003 - a column
)


class HashedKey(Func):
    """As `phr.accounts.presence.hashed_key`, by the database."""

    template = "left(encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex'), 32)"
    arity = 1
    output_field = CharField()


def browser_sessions(user: User) -> Rows:
    """Somebody's sessions of portal and admin site that go on."""
    going_on = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=Now()
    )
    used = {"last_seen_at__gt": Now() - settings.SESSION_IDLE - NOTED_EVERY}
    rows: Rows = UserSession.objects.filter(Exists(going_on), user=user, **used)
    named: Rows = rows.annotate(
        hashed=Cast(HashedKey("session_key"), UUIDField()),
        second_factor=STRONG,
        kind=Value("BROWSER", CharField()),
    )
    return named


def note_browser_session(
    *, user: User, key: str, second_factor: bool, at: datetime
) -> None:
    """List a session at once: what is not listed cannot be ended from elsewhere.

    :param second_factor: whether by more than a password.
    """
    origin = current_origin.get()
    UserSession.objects.update_or_create(
        session_key=key,
        defaults={
            "user": user,
            "ip": origin.address or NO_ADDRESS,
            "user_agent": origin.user_agent,
            "last_seen_at": at,
            "data": {SECOND_FACTOR: second_factor},
        },
    )


def rename_browser_session(*, old: str, new: str) -> None:
    """Have a session go on under another key, as old as it was."""
    UserSession.objects.filter(session_key=old).update(session_key=new)


def strengthen_browser_session(user: User, session_id: UUID) -> None:
    """Note that a second factor was shown in it, if it is one of a browser."""
    same = browser_sessions(user).filter(hashed=session_id)
    keys = list(same.values_list("session_key", flat=True))
    strong = {SECOND_FACTOR: True}
    UserSession.objects.filter(session_key__in=keys).update(data=strong)


def weaken_browser_sessions(user: User) -> None:
    """Note that no second factor counts any longer: there is none."""
    UserSession.objects.filter(user=user).update(data={SECOND_FACTOR: False})


class Use(NamedTuple):
    """What is known of a session of a browser.

    :param seen_at: when it was used last, to a minute.
    """

    seen_at: datetime
    second_factor: bool


def note_use(key: str, *, at: datetime) -> None:
    """Note that a session was used just now.

    Its address stays the one where it was begun: a place is known by a sign-in, and not
    by a cookie that has come there.
    """
    UserSession.objects.filter(session_key=key).update(last_seen_at=at)


def end_in_browser(sessions: Rows) -> int:
    """:returns: how many have ended."""
    keys = list(sessions.values_list("session_key", flat=True))
    gone, _ = Session.objects.filter(session_key__in=keys).delete()
    return gone


def end_browser_sessions(
    user: User, *, but: UUID | None = None, weak: bool = False
) -> int:
    """End somebody's sessions in browsers.

    :param but: the id of one that continues.
    :param weak: only those that were begun with a password alone.
    :returns: how many have ended.
    """
    sessions = browser_sessions(user)
    if weak:
        sessions = sessions.filter(second_factor=False)
    if but is not None:
        sessions = sessions.exclude(hashed=but)
    return end_in_browser(sessions)


def end_browser_sessions_beyond_most(user: User) -> None:
    """End those that were used longest ago, so that one more does not pile up."""
    newest_first = browser_sessions(user).order_by("-last_seen_at", "-pk")
    end_in_browser(newest_first[MOST_SESSIONS:])
