"""Older versions of records and comments: the database keeps them, we date them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pghistory
import pgtrigger

from demo.ids import demo_id
from demo.rows import Corrected, Row
from demo.stories.corrections import CORRECTIONS, Correction
from demo.stories.shape import moment
from phr.accounts.models import User
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)

# What keeps a version as the database has stamped it: with the present time.
IN_THE_WAY = (
    "health_records.RecordVersion:rows_are_only_added",
    "health_records.CommentVersion:rows_are_only_added",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that does not yet read as it will.

    :param after: the texts that the correction puts there, by the names of fields.
    """

    row: Row
    correction: Correction
    after: dict[str, str]


def take_back(
    records: Iterable[HealthRecord], comments: Iterable[DoctorComment]
) -> list[Draft]:
    """Let rows that are not stored yet read as they did when they were written.

    :returns: what makes them what they were, oldest first.
    """
    rows = {place_of(record): record for record in records}
    noted = {
        (place_of(comment.health_record), comment.doctor.user.username): comment
        for comment in comments
    }
    drafts = []
    for correction in reversed(CORRECTIONS):
        row: Row = rows[correction.place]
        if correction.doctor:
            row = noted[correction.place, correction.doctor]
        after = {name: getattr(row, name) for name in correction.before}
        write(row, correction.before)
        drafts.append(Draft(row, correction, after))
    return drafts[::-1]


def place_of(record: HealthRecord) -> tuple[str, str]:
    return record.patient.user.username, f"{record.visit_date:%Y-%m-%d %H:%M}"


def write(row: Row, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        setattr(row, name, text)
    if isinstance(row, HealthRecord):
        row.note_words()


def correct(drafts: Iterable[Draft]) -> list[Corrected]:
    """Make the corrections of stored rows; triggers keep what stood there before."""
    corrected = []
    for draft in drafts:
        row, at = draft.row, moment(draft.correction.at)
        actor = author_of(row)
        write(row, draft.after)
        row.version += 1
        with pghistory.context(user=str(actor.pk)):
            row.save()
        corrected.append(Corrected(row, at, actor, row.version))
    date_back(corrected)
    return corrected


def author_of(row: Row) -> User:
    return row.created_by if isinstance(row, HealthRecord) else row.doctor.user


def date_back(corrected: Iterable[Corrected]) -> None:
    """Give the versions that the triggers have kept the ids and times of the demo."""
    with pgtrigger.ignore(*IN_THE_WAY):
        for change in corrected:
            of_record = isinstance(change.row, HealthRecord)
            versions = RecordVersion if of_record else CommentVersion
            kept = versions.objects.filter(id=change.row.pk, version=change.version - 1)
            name = f"version {change.version - 1} of {change.row.pk}"
            kept.update(pgh_id=demo_id(name, change.at), pgh_created_at=change.at)


def date_corrected(corrected: Iterable[Corrected]) -> None:
    """Say of each row when it was changed last."""
    for change in corrected:
        rows = type(change.row).objects.filter(pk=change.row.pk)
        rows.update(updated_at=change.at)
