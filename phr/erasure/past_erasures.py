"""Erasures that a restored backup has undone, carried out again.

A backup holds whoever was erased after it was made. So the list of erasures is kept in
another place than the database, and given to whoever restores one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from phr.accounts.models import User
from phr.erasure.models import Erasure
from phr.erasure.runner import run_erasure
from phr.erasure.services import mark_cancelled

STEPS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class PastErasure:
    """An erasure that was begun, as a line of the list has it. It names nobody.

    :param erasure_id: the id of the receipt.
    :param user_id: the account, which is gone unless a backup has brought it back.
    """

    erasure_id: UUID
    user_id: UUID
    requested_at: datetime

    def __str__(self) -> str:
        return f"{self.erasure_id} {self.user_id} {self.requested_at.isoformat()}"


def list_past_erasures() -> Iterator[PastErasure]:
    """Every erasure that was begun, oldest first."""
    begun = Erasure.objects.filter(begun_at__isnull=False).order_by("begun_at", "pk")
    columns = begun.values_list("pk", "user_id", "requested_at")
    return (PastErasure(*row) for row in columns.iterator())


def read_list(lines: Iterable[str]) -> list[PastErasure]:
    """Read the list; empty lines do not count.

    :raises ValueError: a line is no line of it; names its number.
    """
    return [
        read_line(number, line.strip())
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def read_line(number: int, line: str) -> PastErasure:
    try:
        erasure, user, requested_at = line.split()
        when = datetime.fromisoformat(requested_at).astimezone(UTC)
        return PastErasure(UUID(erasure), UUID(user), when)
    except ValueError:
        raise ValueError(f"line {number} is not one of list_erasures") from None


def erase_again(past: PastErasure, *, at: datetime) -> bool | None:
    """Erase an account that a backup has brought back, under the receipt it had.

    :returns: whether it is erased; None if it is not there, and nothing was to be done.
    """
    if not make_due(past, at=at):
        return None
    while run_erasure(erasure_id=past.erasure_id, at=at, at_most=STEPS_AT_ONCE):
        pass
    return Erasure.objects.erased().filter(pk=past.erasure_id).exists()


@transaction.atomic
def make_due(past: PastErasure, *, at: datetime) -> bool:
    """See that the erasure is there and due.

    :returns: whether there is something to erase.
    """
    is_there = User.objects.filter(pk=past.user_id).exists()
    is_done = Erasure.objects.erased().filter(pk=past.erasure_id).exists()
    if is_done or not is_there:
        return False
    for other in Erasure.objects.open().filter(user_id=past.user_id, begun_at=None):
        if other.pk != past.erasure_id:  # was cancelled before this one was asked for
            mark_cancelled(other, at)
    Erasure.objects.update_or_create(
        pk=past.erasure_id,
        defaults={"due_at": at, "cancelled_at": None},
        create_defaults={
            "user_id": past.user_id,
            "requested_at": past.requested_at,
            "due_at": at,
        },
    )
    return True
