"""A doctor's access as a card shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from phr.accounts.models import User
from phr.audit.looks import latest_looks
from phr.audit.models import AccessEntry
from phr.care.choices import GrantOrigin, RecordType
from phr.care.models import CareGrant
from phr.health_records.care_team import CareTeam, Seen, count_seen
from phr.portal.access import words


class Cell(TypedDict):
    """How much of one kind somebody sees: all, some, or none of what there is.

    :param look: the classes of its mark.
    :param words: "" where there is nothing of this kind.
    """

    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One doctor who has access.

    :param share: how much is seen, in hundredths.
    :param look: the line of the log about the last look, if there was one.
    """

    grant: CareGrant
    doctor: str
    is_emergency: bool
    role: str
    standing: str
    sees: str
    share: int
    since: str
    until: str
    closed: str
    look: AccessEntry | None
    cells: list[Cell]


def cards_of(reader: User, grants: list[CareGrant], at: datetime) -> list[Card]:
    """A card for each of the reader's grants."""
    team = count_seen(reader, grants, at)
    doctors = (grant.doctor.user_id for grant in grants)
    looks = latest_looks(reader, doctors) if grants else {}
    return [
        card_of(seen, team, looks.get(seen.grant.doctor.user_id))
        for seen in team.members
    ]


def card_of(seen: Seen, team: CareTeam, look: AccessEntry | None) -> Card:
    grant = seen.grant
    scope = words.scope_in_words(grant.record_types, grant.records_since)
    return Card(
        grant=grant,
        doctor=str(grant.doctor),
        is_emergency=grant.origin == GrantOrigin.EMERGENCY,
        role=words.role_in_words(grant),
        standing=words.standing_in_words(grant.doctor),
        sees=words.seen_in_words(seen.count, team.total, scope),
        share=share(seen.count, team.total),
        since=words.local_day(grant.starts_at),
        until=words.end_in_words(grant.expires_at),
        closed=str(words.CLOSED[seen.closed]) if seen.closed else "",
        look=look,
        cells=[
            cell_of(each, seen.by_type.get(each, 0), team.totals.get(each, 0))
            for each in RecordType
        ],
    )


def cell_of(record_type: RecordType, seen: int, total: int) -> Cell:
    part = "all" if seen == total else "some"
    look = f"amount amount-{part if seen else 'none'} kind-{record_type.lower()}"
    said = words.part_in_words(seen, total) if total else ""
    return Cell(look=look, words=said)


def share(part: int, whole: int) -> int:
    """A part in hundredths; what is not nothing is at least one."""
    if not whole or not part:
        return 0
    return max(1, part * 100 // whole)
