"""Reading the ledger: what each reader may see of a line, and downloading it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Outcome
from phr.audit.querysets import AccessEntryQuerySet
from phr.audit.services import Access
from phr.core.keyset_pagination import Cursor, Page, newest_first, page_of
from phr.core.rate_limits import Limit

DOWNLOADS = Limit("access-log-download", times=10, window=timedelta(minutes=10))
LINES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """The filters of the access log; None where one is not set.

    :param actor: the account that acted.
    :param actions: any of these.
    :param by_others: nothing that the reader did.
    :param after: from this time on.
    :param before: until this time, included.
    """

    actor: UUID | None = None
    patient: UUID | None = None
    action: str | None = None
    actions: tuple[str, ...] | None = None
    by_others: bool = False
    outcome: str | None = None
    after: datetime | None = None
    before: datetime | None = None


# Which column each of the filters compares, and how; the patient is asked for apart.
COMPARISONS = {
    "actor": "actor_id",
    "action": "action",
    "actions": "action__in",
    "outcome": "outcome",
    "after": "at__gte",
    "before": "at__lte",
}


def list_entries(
    reader: User, filters: EntryFilters, cursor: Cursor | None, size: int
) -> Page[AccessEntry]:
    """One page of the reader's access log, each line cut to what they may learn.

    :param size: how many at the most.
    """
    page = page_of(entries_for(reader, filters), "at", cursor, size)
    return Page([told_to(reader, entry) for entry in page.rows], page.has_more)


def entries_for(reader: User, filters: EntryFilters) -> AccessEntryQuerySet:
    entries = AccessEntry.objects.visible_to(reader).filter(
        **{
            comparison: getattr(filters, name)
            for name, comparison in COMPARISONS.items()
            if getattr(filters, name) is not None
        }
    )
    if filters.by_others:
        entries = entries.exclude(actor_id=reader.pk)
    if filters.patient is not None:
        entries = entries.about(filters.patient, reader=reader)
    return entries


def told_to(reader: User, entry: AccessEntry) -> AccessEntry:
    """Remove from a line, which must not be saved, what its reader may not see.

    Of what was refused to them, doctors only see what the refusal said: not whose it
    was, and so not whether it exists.

    Patients learn everything but two things. Which comments there are: a private one
    is hidden from them, and so the ids of all are, but that a doctor has commented, and
    on which type of record, is theirs to know. And where another patient was, whose
    address is that of a home; who it was they do learn.
    """
    match reader.user_type:
        case UserType.PATIENT:
            return told_to_patient(reader, entry)
        case _ if entry.outcome != Outcome.ALLOWED:
            entry.patient_id, entry.grant_id, entry.categories = None, None, []
    return entry


def told_to_patient(reader: User, entry: AccessEntry) -> AccessEntry:
    if entry.object_kind == "comment":
        entry.object_ids = []
    if entry.actor_role == UserType.PATIENT and entry.actor_id != reader.pk:
        entry.address, entry.user_agent = None, ""
    return entry


def download_entries(
    *, actor: User, filters: EntryFilters
) -> Iterator[list[AccessEntry]]:
    """Take one's access log along, which is entered in it and counts as an export.

    :returns: batches of lines, each cut to what the actor may learn, as they are read.
    :raises TooMany: too many of this user's in the last minutes.
    """
    DOWNLOADS.take(str(actor.pk))
    is_patient = actor.user_type == UserType.PATIENT
    patient_id = actor.patient_profile.pk if is_patient else None
    audit.note(actor, Action.LOG_DOWNLOADED, Access(patient_id, "ledger", []))
    batches = in_batches(entries_for(actor, filters))
    return ([told_to(actor, entry) for entry in batch] for batch in batches)


def in_batches(entries: QuerySet[AccessEntry]) -> Iterator[list[AccessEntry]]:
    """Read lines, newest first, so many at once that memory stays flat.

    Each batch is a statement of its own that starts after the last line before it: no
    transaction stays open for as long as the reader takes, and no cursor in the
    database, which a pool of connections would lose.
    """
    cursor = None
    while batch := list(newest_first(entries, "at", cursor)[:LINES_AT_ONCE]):
        yield batch
        if len(batch) < LINES_AT_ONCE:
            return
        cursor = Cursor(forwards=True, time=batch[-1].at, id=batch[-1].id)
