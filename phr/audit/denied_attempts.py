"""Refused attempts: the first ones are lines of their own, the others a line an hour.

Else anybody could fill somebody's part of the ledger by trying again and again, and
hide in it what mattered. Nothing is lost: what is not entered at once is counted, and
the count is entered once its hour is over, with how many and over what time.

Whether an attempt gets its own line depends on who tries what, and never on whether the
object exists: otherwise people could find that out in their own access log.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from phr.accounts.models import User
from phr.audit.actions import Action
from phr.audit.bulk_insert import Actor, add_lines
from phr.audit.models import Basis, CountedRefusal, Outcome
from phr.core.compiled_queries import CompiledQuery
from phr.core.ids import uuid7
from phr.core.request_origin import Origin

WINDOW = timedelta(hours=1)
LINES_OF_THEIR_OWN = 10  # for one who tries, in an hour, whatever they try
COUNTS_AT_ONCE = 500
NOBODY = UUID(int=0)

# Of two attempts of one at the same moment, the second sees what the first has done.
LOCK = CompiledQuery("""
SELECT pg_advisory_xact_lock(hashtextextended('refusals of ' || %(who)s::text, 0))
""")
# Says whether this attempt gets a line of its own. Once there have been enough of
# those, what is counted is kept by patient, however many things are tried.
COUNT = CompiledQuery("""
INSERT INTO audit_countedrefusal AS counted (
  id, who, action, thing, entered, actor_id, patient_id, object_kind, face,
  began, since, at, count
)
SELECT
  %(id)s::uuid, %(who)s::uuid, %(action)s,
  CASE WHEN lines < %(most)s::int THEN %(thing)s ELSE %(patient)s END,
  lines < %(most)s::int, %(actor_id)s::uuid, %(patient_id)s::uuid, %(object_kind)s,
  %(face)s, %(at)s::timestamptz,
  CASE WHEN lines < %(most)s::int THEN NULL ELSE %(at)s::timestamptz END,
  %(at)s::timestamptz,
  CASE WHEN lines < %(most)s::int THEN 0 ELSE 1 END
FROM (
  SELECT count(*) AS lines FROM audit_countedrefusal
  WHERE who = %(who)s::uuid AND entered
) AS before
ON CONFLICT (who, action, thing) DO UPDATE SET
  count = counted.count + 1, since = coalesce(counted.since, excluded.at),
  at = excluded.at
RETURNING count = 0
""")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that was refused.

    :param who: the account that tries; where nobody is signed in, the one tried.
    :param thing: what is tried, so that trying it again is no other attempt.
    """

    who: UUID
    thing: str
    actor_id: UUID | None
    action: Action
    patient_id: UUID | None
    object_kind: str


def count(attempt: Attempt, *, at: datetime, face: str) -> bool:
    """Count one attempt; to be called in a transaction.

    :returns: whether it gets a line of its own.
    """
    LOCK.rows(who=attempt.who)
    ((is_first,),) = COUNT.rows(
        **asdict(attempt),
        id=uuid7(),
        patient=str(attempt.patient_id or ""),
        face=face,
        at=at,
        most=LINES_OF_THEIR_OWN,
    )
    return bool(is_first)


def enter_counts(*, now: datetime) -> int:
    """Enter what was counted in hours that are over, each in one line, and once.

    :returns: how many lines.
    """
    entered = 0
    while True:
        lines, rows = enter_some_counts(now)
        entered += lines
        if rows < COUNTS_AT_ONCE:
            return entered


def enter_some_counts(now: datetime) -> tuple[int, int]:
    over = CountedRefusal.objects.filter(began__lte=now - WINDOW)
    return enter_and_forget(over.order_by("began"))


def enter_counts_of(who: UUID) -> None:
    """Enter what was counted of one account, before its hour is over."""
    enter_and_forget(CountedRefusal.objects.filter(who=who))


@transaction.atomic
def enter_and_forget(counted: QuerySet[CountedRefusal]) -> tuple[int, int]:
    """Lines and the end of their counts are one transaction: no death doubles one.

    :returns: how many lines, of how many counts.
    """
    rows = list(counted.select_for_update(skip_locked=True)[:COUNTS_AT_ONCE])
    groups = defaultdict(list)
    for row in rows:
        if row.count:
            groups[row.who, row.actor_id, row.action, row.patient_id].append(row)
    names = names_of({row.actor_id for row in rows if row.actor_id})
    for together in groups.values():
        enter_count(together, names)
    CountedRefusal.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(groups), len(rows)


def names_of(actor_ids: Iterable[UUID]) -> dict[UUID, Actor]:
    """Who tried, by their present names; of who has left, nothing but the id."""
    users = User.objects.filter(pk__in=list(actor_ids))
    return {
        user.pk: (user.pk, user.user_type, str(user) if user.is_active else "")
        for user in users
    }


def enter_count(together: list[CountedRefusal], names: dict[UUID, Actor]) -> None:
    """Enter that somebody has tried the same so many times, and over what time."""
    row = together[0]
    is_of_an_account = row.actor_id is None and row.who != NOBODY
    line = {
        "id": uuid7(),
        "basis": Basis.NONE,
        "grant_id": None,
        "object_kind": row.object_kind,
        "object_ids": [row.who] if is_of_an_account else [],
        "categories": [],
        "count": sum(each.count for each in together),
        "patient_id": row.patient_id,
        "outcome": Outcome.REFUSED,
        "since": min(each.since for each in together if each.since),
    }
    unknown = (row.actor_id, "", "")
    actor = names.get(row.actor_id, unknown) if row.actor_id else unknown
    add_lines(
        [line],
        at=max(each.at for each in together),
        actor=actor,
        action=row.action,
        origin=Origin(face=row.face),
    )
