"""Where somebody is signed in: API sessions and browser sessions, in one list."""

from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Now

from phr.accounts.browser_sessions import (
    MOST_SESSIONS,
    NO_ADDRESS,
    Rows,
    browser_sessions,
    end_browser_sessions,
)
from phr.accounts.models import LoginSession, User
from phr.core.keyset_pagination import Cursor, Page, in_order, newest_first, read_page


class SignedIn(NamedTuple):
    """One sign-in that counts.

    :param kind: "API", or "BROWSER" for portal and admin site.
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


def api_sessions(user: User) -> Rows:
    """Login sessions that can still be refreshed."""
    since = Now() - settings.REFRESH_TOKEN_LIFETIME
    live = LoginSession.objects.live().filter(user=user, last_used_at__gt=since)
    return live.annotate(kind=Value("API", CharField()))


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
                "second_factor",
                "kind",
            ),
            all=True,
        )
    )
    return [SignedIn._make(row) for row in in_order(both, "created_at", cursor)[:limit]]


def end_session(*, session_id: UUID, at: datetime) -> None:
    """Sign out: neither of the session's tokens works from now on."""
    LoginSession.objects.filter(pk=session_id, revoked_at=None).update(
        revoked_at=at, updated_at=at
    )


def end_all_sessions(*, user: User, at: datetime, but: UUID | None = None) -> int:
    """Sign a user out everywhere, for example after a change of password.

    :param but: the id of a session that continues.
    :returns: how many sessions have ended.
    """
    live = LoginSession.objects.of(user).filter(revoked_at=None)
    if but is not None:
        live = live.exclude(pk=but)
    ended = live.update(revoked_at=at, updated_at=at)
    return ended + end_browser_sessions(user, but=but)


def end_weak_sessions(*, user: User, at: datetime, but: UUID | None = None) -> None:
    """End the sessions that were begun with a password alone.

    :param but: the id of a session that continues.
    """
    weak = LoginSession.objects.of(user).filter(revoked_at=None, second_factor=False)
    if but is not None:
        weak = weak.exclude(pk=but)
    weak.update(revoked_at=at, updated_at=at)
    end_browser_sessions(user, but=but, weak=True)


def is_new_place(user: User, address: str | None) -> bool:
    """Whether somebody has signed in before, and never from this address."""
    api = LoginSession.objects.of(user)
    browsers = UserSession.objects.filter(user=user)
    here = api.filter(address=address), browsers.filter(ip=address or NO_ADDRESS)
    before = Exists(api) | Exists(browsers)
    nowhere_here = [~Exists(rows) for rows in here]
    return User.objects.filter(before, *nowhere_here, pk=user.pk).exists()


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
