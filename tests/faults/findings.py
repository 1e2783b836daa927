"""What is found not to be as it must be."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Outcome


@dataclass
class Findings:
    """Sentences about what is not as it must be.

    :ivar mailed_twice: mails that came again, as they were; whether that may be, the
        scenario says.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half_done: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    mailed_twice: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return self.lost + self.doubled + self.half_done + self.wrong


def check_traces(
    what: str,
    action: Action,
    ids: list[UUID],
    patients: list[UUID],
    found: Findings,
) -> None:
    """Each has a line in the ledger as often as it is named here, and no line speaks of
    what is not.
    """
    entries = AccessEntry.objects.filter(
        action=action, patient_id__in=patients, outcome=Outcome.ALLOWED
    )
    count(what, f"lines of {action}", ids, entered_ids(entries), found)


def entered_ids(entries: Any) -> list[UUID]:
    return [pk for ids in entries.values_list("object_ids", flat=True) for pk in ids]


def count(
    what: str, of_what: str, ids: list[UUID], named: list[UUID], found: Findings
) -> None:
    """Each is named as often as it is in `ids`."""
    due, there = Counter(ids), Counter(named)
    for pk in due:
        if there[pk] != due[pk]:
            found.half_done.append(
                f"The {what} {pk} has {there[pk]} {of_what}, not {due[pk]}."
            )
    for pk in there.keys() - due.keys():
        found.half_done.append(f"No {what} {pk} is there, but {of_what}.")
