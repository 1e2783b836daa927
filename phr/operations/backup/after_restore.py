"""What a database needs that is of another day, before anybody works on it.

Sessions that were ended since would go on, mails that have left would leave again,
people who were erased would be back, and the ledger may lack its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import redis
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from phr.accounts.events import MailDue
from phr.accounts.mail_outbox import drop_waiting, take_up
from phr.accounts.models import LoginSession
from phr.audit import latest_seal
from phr.audit.latest_seal import NotedSeal
from phr.audit.seals import newest_seal
from phr.audit.verification import verify
from phr.core import outbox, redis_client
from phr.erasure.past_erasures import PastErasure, erase_again
from phr.operations.backup.faults import BackupFault


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was found right.

    :param head: the newest seal, None without any.
    :param lost: the newest seal that is known elsewhere and later than that.
    """

    seals: int
    lines: int
    head: NotedSeal | None
    lost: NotedSeal | None


@dataclass(frozen=True, slots=True)
class Finished:
    """What was done with a database of another day.

    :param sessions: how many were ended.
    :param held: how many events wait for a person's decision.
    :param erased: how many accounts were erased again.
    :param not_erased: receipts of erasures that could not be carried out.
    """

    ledger: Ledger
    sessions: int
    held: int
    erased: int
    not_erased: list[UUID]


def finish(
    *, erasures: Sequence[PastErasure], heads: Sequence[NotedSeal], at: datetime
) -> Finished:
    """Make a restored database fit for use; a second run finds less to do.

    :param erasures: what was erased up to the loss, as far as it is known.
    :param heads: seals of the ledger that were noted elsewhere.
    :raises BackupFault: Redis is away, or the ledger is not as it was sealed. All
        sessions are ended and all events are held by then.
    """
    try:
        kept = latest_seal.fetch()
    except redis.RedisError:
        raise BackupFault("Redis does not answer (REDIS_URL).") from None
    sessions, held = close_the_past(at)
    ledger = check_ledger([*heads, kept] if kept else heads)
    results = {each.erasure_id: erase_again(each, at=at) for each in erasures}
    held += hold(at)  # what these erasures would tell again
    redis_client.connection().flushdb()  # counters, pictures, flows of another day
    newest = newest_seal()
    if newest is not None:
        latest_seal.remember(newest)
    return Finished(
        ledger=ledger,
        sessions=sessions,
        held=held,
        erased=sum(done is True for done in results.values()),
        not_erased=[which for which, done in results.items() if done is False],
    )


@transaction.atomic
def close_the_past(at: datetime) -> tuple[int, int]:
    """:returns: how many sessions have ended, and how many events are held."""
    sessions = end_every_session(at)
    return sessions, hold(at)


def end_every_session(at: datetime) -> int:
    """Sign everybody out; no token of a session counts from now on.

    The rows stay, as places from which somebody has signed in.
    """
    live = LoginSession.objects.filter(revoked_at=None)
    ended = live.update(revoked_at=at, updated_at=at)
    listed = UserSession.objects.values("session_key")
    in_browsers = Session.objects.filter(session_key__in=listed).count()
    Session.objects.all().delete()
    return ended + in_browsers


@transaction.atomic
def hold(at: datetime) -> int:
    """Have nothing leave that may have left already; mails first, as events send them.

    :returns: how many events are held that were not.
    """
    held_before = outbox.held().count()
    drop_waiting(at=at)
    return outbox.hold_waiting(at=at) - held_before


def check_ledger(heads: Sequence[NotedSeal]) -> Ledger:
    """Check the whole ledger, and that it has the seals that were noted elsewhere.

    A seal that is later than its last one was lost with what it sealed.

    :raises BackupFault: it does not agree.
    """
    newest = newest_seal()
    end = newest.number if newest else 0
    noted = [head for head in heads if head.number <= end]
    seals = lines = 0
    for page in verify(noted):
        seals, lines = seals + page.seals, lines + page.entries
        if page.fault is not None:
            raise BackupFault(
                f"The ledger is BROKEN at seal {page.fault.seal}: "
                f"{page.fault.kind.label}. Start nothing; find out who could write to "
                "this backup."
            )
    later = [head for head in heads if head.number > end]
    return Ledger(
        seals=seals,
        lines=lines,
        head=NotedSeal.of(newest) if newest else None,
        lost=max(later, key=lambda head: head.number, default=None),
    )


@transaction.atomic
def release_held(*, at: datetime) -> int:
    """Deliver what is held, its mails included; a person has decided so.

    :returns: how many events that are.
    """
    mails = outbox.held().filter(kind=MailDue.kind)
    take_up([row.payload["mail_id"] for row in mails], at=at)
    return outbox.release_held(now=at)
