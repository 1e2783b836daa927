"""Who can see a record and why, in words."""

from datetime import date
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.models import User
from phr.accounts.names import full_name
from phr.health_records.record_readers import RecordReader, list_readers
from phr.health_records.record_rows import RecordRow
from phr.portal.access.words import PARTS, end_in_words, scope_in_words
from phr.portal.remembered import remembered

WHY_NOT: dict[str, str | Promise] = {
    "other_type": gettext_lazy("Their access is to other kinds of record."),
    "earlier_visit": gettext_lazy(
        "Their access is to visits of later days than this one."
    ),
}


class Reader(TypedDict):
    """A doctor with access, whether they see the record, and why.

    A dictionary: a template finds what is in it quickest.
    """

    name: str
    can_see: bool
    why: str | Promise


def readers_of(actor: User, record: RecordRow) -> list[Reader]:
    """:param record: one of the actor's own."""
    return [
        Reader(name=name_of(one), can_see=one.can_see, why=why(one))
        for one in list_readers(actor, record)
    ]


def name_of(reader: RecordReader) -> str:
    name = full_name(reader.doctor__user__first_name, reader.doctor__user__last_name)
    return f"Dr. {name or reader.doctor__user__username}"


def why(reader: RecordReader) -> str | Promise:
    match reader.code:
        case "covered":
            return why_covered(tuple(reader.record_types), reader.records_since)
        case "emergency":
            until = end_in_words(reader.expires_at)
            return _("By emergency access, until %(until)s.") % {"until": until}
        case code:
            return WHY_NOT[code]


@remembered(PARTS)
def why_covered(record_types: tuple[str, ...], since: date | None) -> str:
    scope = scope_in_words(record_types, since)
    return _("Their access is to %(scope)s.") % {"scope": scope}
