"""Where somebody is signed in: API sessions and browser sessions, in one list."""

from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
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
from django.db.models.functions import Cast, Now

from phr.accounts.models import LoginSession, User
from phr.core.keyset_pagination import Cursor, Page, in_order, newest_first, read_page

Rows = QuerySet[Any, Any]

MOST_SESSIONS = 100


class SignedIn(NamedTuple):
    """One sign-in that counts.

    :param kind: "API", or "BROWSER" for the admin site.
    :param last_used_at: of an API session, when its tokens were last refreshed.
    """

    id: UUID
    created_at: datetime
    last_used_at: datetime
    address: str | None
    user_agent: str
    second_factor: bool
    kind: str


COLUMNS = SignedIn._fields


class HashedKey(Func):
    """The id by which a browser session is named: its key would sign anybody in."""

    template = "left(encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex'), 32)"
    arity = 1
    output_field = CharField()


def api_sessions(user: User) -> Rows:
    """Login sessions that can still be refreshed."""
    since = Now() - settings.REFRESH_TOKEN_LIFETIME
    live = LoginSession.objects.live().filter(user=user, last_used_at__gt=since)
    return live.annotate(kind=Value("API", CharField()))


def browser_sessions(user: User) -> Rows:
    """Sessions of the admin site; allauth keeps rows of ended ones, which do not count.

    Whether a second factor was used is stored in the session itself, which is not read
    here: people with a factor have to use it.
    """
    going_on = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=Now()
    )
    hashed = Cast(HashedKey("session_key"), UUIDField())
    rows: Rows = UserSession.objects.filter(Exists(going_on), user=user)
    named: Rows = rows.annotate(hashed=hashed, kind=Value("BROWSER", CharField()))
    return named


def list_sessions(user: User, cursor: Cursor | None, size: int) -> Page[SignedIn]:
    """One page of somebody's own sessions, the newest first.

    :param size: how many at the most.
    """
    return read_page(partial(fetch_sessions, user), cursor, size)


def fetch_sessions(user: User, cursor: Cursor | None, limit: int) -> list[SignedIn]:
    """Somebody's own sessions, in the direction of the cursor."""
    api = newest_first(api_sessions(user), "created_at", cursor)
    browser = newest_first(browser_sessions(user), "created_at", cursor, tie="hashed")
    both = (
        api[:limit]
        .values_list(*COLUMNS)
        .union(
            browser[:limit].values_list(
                "hashed",
                "created_at",
                "last_seen_at",
                "ip",
                "user_agent",
                Value(False, BooleanField()),  # noqa: FBT003 - a column
                "kind",
            ),
            all=True,
        )
    )
    return [SignedIn._make(row) for row in in_order(both, "created_at", cursor)[:limit]]


def end_in_browser(sessions: Rows) -> int:
    keys = list(sessions.values_list("session_key", flat=True))
    gone, _ = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return gone


def end_session(*, session_id: UUID, at: datetime) -> None:
    """Sign out: neither of the session's tokens works from now on."""
    LoginSession.objects.filter(pk=session_id, revoked_at=None).update(
        revoked_at=at, updated_at=at
    )


def end_all_sessions(*, user: User, at: datetime, but: UUID | None = None) -> int:
    """Sign a user out everywhere, for example after a change of password.

    :param but: the id of an API session that continues.
    :returns: how many sessions have ended.
    """
    live = LoginSession.objects.of(user).filter(revoked_at=None)
    if but is not None:
        live = live.exclude(pk=but)
    ended = live.update(revoked_at=at, updated_at=at)
    return ended + end_in_browser(UserSession.objects.filter(user=user))


def end_sessions_beyond_most(*, user: User, at: datetime) -> None:
    """End those that were used longest ago, so that one more does not pile up.

    The caller has locked the user's row.
    """
    live = LoginSession.objects.of(user).filter(revoked_at=None)
    beyond = live.order_by("-last_used_at", "-pk")[MOST_SESSIONS:]
    LoginSession.objects.filter(pk__in=beyond.values("pk")).update(
        revoked_at=at, updated_at=at
    )


def purge_ended(*, at: datetime, at_most: int) -> int:
    """Remove old sign-ins that are no longer needed as sessions or as known places.

    The newest of each account stays, so that a sign-in from elsewhere is still told of.

    :param at_most: of each kind.
    :returns: how many of the kind of which most are gone.
    """
    browsers = UserSession.objects.filter(
        last_seen_at__lt=at - settings.RETAIN_SIGN_INS
    )
    run_out = Session.objects.filter(expire_date__lt=at)
    return max(
        remove_locked(rows, at_most) for rows in (ended_long_ago(at), browsers, run_out)
    )


def ended_long_ago(at: datetime) -> Rows:
    unused = at - max(settings.RETAIN_SIGN_INS, settings.REFRESH_TOKEN_LIFETIME)
    newer = LoginSession.objects.filter(
        user=OuterRef("user"), created_at__gt=OuterRef("created_at")
    )
    return LoginSession.objects.filter(
        Exists(newer), created_at__lt=unused, last_used_at__lt=unused
    )


@transaction.atomic
def remove_locked(rows: Rows, at_most: int) -> int:
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    ids = list(locked.values_list("pk", flat=True)[:at_most])
    rows.filter(pk__in=ids).delete()
    return len(ids)
