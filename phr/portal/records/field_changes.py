"""What is different between two states of a record or a comment, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.care.choices import RecordType
from phr.health_records.visit_times import own_time
from phr.portal.records.differences import Comparison, Piece
from phr.portal.templatetags.portal import visit_in_words

# In the order of the form.
LABELS: dict[str, str | Promise] = {
    "record_type": _("Kind"),
    "title": _("Title"),
    "visit_date": _("Visit"),
    "description": _("What happened"),
    "symptoms": _("Symptoms"),
    "diagnosis": _("Diagnosis"),
    "treatment": _("Treatment"),
    "medications": _("Medicines"),
    "comment": _("Comment"),
    "is_private": _("Who can read the comment"),
}
READ_WHOLE = ("record_type", "visit_date", "is_private")
READERS = {True: _("Doctors only"), False: _("Everybody who can see the record")}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, with what was taken away and added, in the order of reading."""

    label: str | Promise
    pieces: list[Piece]


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any], comparison: Comparison
) -> list[FieldChange]:
    """The fields of `after` that are different before.

    :param before: values by name, at least those that are in `after`.
    """
    old, new = in_words(before), in_words(after)
    return [
        FieldChange(label, pieces_of(name, old[name], new[name], comparison))
        for name, label in LABELS.items()
        if name in new and old[name] != new[name]
    ]


def pieces_of(
    name: str, before: str, after: str, comparison: Comparison
) -> list[Piece]:
    if name not in READ_WHOLE:
        return comparison.pieces(before, after)
    return [Piece("removed", before), Piece("added", after)]


def in_words(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields as people read them."""
    words = {name: str(values[name]) for name in LABELS if name in values}
    if "record_type" in words:
        words["record_type"] = str(RecordType(values["record_type"]).label)
    if "visit_date" in words:
        words["visit_date"] = visit_in_words(visit_of(values))
    if "is_private" in words:
        words["is_private"] = str(READERS[values["is_private"]])
    return words


def visit_of(values: Mapping[str, Any]) -> datetime:
    """The time of a visit where it was.

    :param values: with a time in UTC and its offset, or a time with its own.
    """
    visit = values["visit_date"]
    if isinstance(visit, str):  # as PostgreSQL writes it in JSON
        visit = datetime.fromisoformat(visit)
    return (
        own_time(visit, values["visit_offset"]) if "visit_offset" in values else visit
    )
