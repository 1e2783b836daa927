"""What changed in a record and its comments, and who changed it, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.accounts.names import full_name
from phr.health_records.history import Change, Content
from phr.portal.records.differences import Comparison
from phr.portal.records.field_changes import FieldChange, changes_between
from phr.portal.templatetags.portal import doctor_called

# By what happened: if the reader did it, and if somebody else did.
SENTENCES: dict[str, tuple[str | Promise, str | Promise]] = {
    "record_changed": (
        _("You changed this record."),
        _("%(name)s changed this record."),
    ),
    "record_deleted": (
        _("You deleted this record."),
        _("%(name)s deleted this record."),
    ),
    "record_restored": (
        _("You brought this record back."),
        _("%(name)s brought this record back."),
    ),
    "comment_changed": (
        _("You changed a comment."),
        _("%(name)s changed a comment."),
    ),
    "comment_deleted": (
        _("You deleted a comment."),
        _("%(name)s deleted a comment."),
    ),
}
SOMEBODY = _("Somebody")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: a sentence on who did what, and the fields with their differences."""

    at: datetime
    sentence: str
    fields: list[FieldChange]


def entries_of(reader: User, changes: Iterable[Change]) -> list[Entry]:
    comparison = Comparison()
    return [
        Entry(
            change.at,
            sentence_of(reader, change),
            changes_between(change.before, after_of(change), comparison),
        )
        for change in changes
    ]


def after_of(change: Change) -> Content:
    """What there was afterwards; of a comment that is gone, nothing."""
    return change.after or {"comment": ""}


def sentence_of(reader: User, change: Change) -> str:
    by_reader, by_others = SENTENCES[what_happened(change)]
    if change.by is not None and change.by["id"] == str(reader.pk):
        return str(by_reader)
    return str(by_others) % {"name": name_of(change)}


def what_happened(change: Change) -> str:
    if change.label == "delete":
        return "comment_deleted"
    before, after = change.before, change.after or {}
    if before.get("deleted_at") == after.get("deleted_at"):
        return f"{change.kind}_changed"
    return "record_deleted" if after["deleted_at"] else "record_restored"


def name_of(change: Change) -> str:
    """Who made a change: of records their patient, of comments a doctor."""
    if change.by is None:
        return str(SOMEBODY)
    first_name, last_name = change.by["first_name"], change.by["last_name"]
    if change.kind == "comment":
        return doctor_called(first_name, last_name)
    return full_name(first_name, last_name)
