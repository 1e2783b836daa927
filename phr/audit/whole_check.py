"""Checking the whole ledger for somebody who asks, in turns with what else waits.

The seals of a year take minutes, which no request may last: a worker goes on for some
seconds, and then queues again behind whatever waits by then. How far a check is, and
what it has found, stands in Redis for a day.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Self
from uuid import UUID

from celery import current_app

from phr.accounts.models import User
from phr.audit.ledger_check import newest_seal_number, next_page
from phr.audit.verification import START, FaultKind, Page, Place
from phr.core import ephemeral_store
from phr.core.rate_limits import Limit

# By its name: the task itself imports what queues it.
GO_ON = "phr.audit.tasks.check_ledger"
WHOLE_CHECKS = Limit("ledger:whole", 20, timedelta(days=1))
KEPT = timedelta(days=1)
TURN = timedelta(seconds=5)
FIRST_TURN = timedelta(seconds=1)  # within the request, and enough for most ledgers
LOST_AFTER = timedelta(minutes=15)  # without a word of any worker
# What JSON keeps as it is.
PLAIN = ("run", "seals", "lines", "redacted", "unsealed")


@dataclass(frozen=True, slots=True)
class WholeCheck:
    """How far somebody's check has come.

    :param run: what sets it apart from an earlier one of the same person.
    :param told_at: when this was written.
    :param seals: how many there are, as far as was known then.
    :param place: where to go on.
    :param lines: how many were as they were written.
    :param redacted: how many of these have lost the name of somebody erased.
    :param unsealed: how many wait for their seal; known at the end.
    :param fault: what does not agree, at which seal; the check ends there.
    """

    run: str
    told_at: datetime
    seals: int = 1
    place: Place = START
    lines: int = 0
    redacted: int = 0
    unsealed: int | None = None
    fault: tuple[FaultKind, int] | None = None

    @property
    def is_over(self) -> bool:
        return self.unsealed is not None or self.fault is not None

    @property
    def percent(self) -> int:
        return 100 if self.is_over else min(99, 100 * self.place.number // self.seals)

    def is_under_way(self, at: datetime) -> bool:
        return not self.is_over and at - self.told_at < LOST_AFTER

    def after(self, page: Page, at: datetime) -> Self:
        """What is known after one more page of seals."""
        fault = (page.fault.kind, page.fault.seal) if page.fault else None
        return replace(
            self,
            told_at=at,
            seals=max(newest_seal_number(), 1),
            place=page.next or self.place,
            lines=self.lines + page.entries,
            redacted=self.redacted + page.redacted,
            unsealed=page.unsealed,
            fault=fault,
        )


def begin_check(*, actor: User, at: datetime) -> WholeCheck:
    """Check all seals and the lines under them, from the first to the last.

    :param actor: anybody; what is found tells nothing of what is in the lines.
    :returns: how far it is; it goes on by itself, and nobody has two at a time.
    :raises TooMany: the actor has begun too many in a day.
    :raises Unavailable: Redis is away.
    """
    present = find_check(actor.pk)
    if present is not None and present.is_under_way(at):
        return present
    WHOLE_CHECKS.take(str(actor.pk))
    begun = WholeCheck(run=token_urlsafe(8), told_at=at)
    return take_turn(actor.pk, begun, FIRST_TURN, at=at)


def go_on(user_id: UUID, run: str, *, at: datetime) -> None:
    """Take the next turn of a check, unless it is over or there is a later one."""
    check = find_check(user_id)
    if check is not None and check.run == run and not check.is_over:
        take_turn(user_id, check, TURN, at=at)


def take_turn(
    user_id: UUID, check: WholeCheck, turn: timedelta, *, at: datetime
) -> WholeCheck:
    """Check one page at least; queue again for what is left."""
    began = time.monotonic()
    while True:
        passed = timedelta(seconds=time.monotonic() - began)
        check = check.after(next_page(check.place), at + passed)
        keep(user_id, check)
        if check.is_over:
            return check
        if passed >= turn:
            break
    given = {"user_id": str(user_id), "run": check.run}
    current_app.send_task(GO_ON, kwargs=given)
    return check


def find_check(user_id: UUID) -> WholeCheck | None:
    """The check that somebody has begun last, if it was within a day."""
    found = ephemeral_store.get(name_of(user_id))
    return None if found is None else read(found)


def keep(user_id: UUID, check: WholeCheck) -> None:
    place = check.place
    value = {name: getattr(check, name) for name in PLAIN} | {
        "fault": check.fault,
        "told_at": check.told_at.isoformat(),
        "place": [place.number, place.hash.hex(), place.last_position],
    }
    ephemeral_store.set(name_of(user_id), value, lifetime=KEPT)


def read(value: dict[str, Any]) -> WholeCheck:
    number, digest, last_position = value["place"]
    fault = value["fault"]
    return WholeCheck(
        **{name: value[name] for name in PLAIN},
        told_at=datetime.fromisoformat(value["told_at"]),
        place=Place(number, bytes.fromhex(digest), last_position),
        fault=fault and (FaultKind(fault[0]), fault[1]),
    )


def name_of(user_id: UUID) -> str:
    return f"ledger-check:{user_id}"
