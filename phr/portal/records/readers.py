"""Who can see a record and why, in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.models import User
from phr.health_records.access_explanation import Explanation, explain_readers
from phr.health_records.record_rows import RecordRow
from phr.portal.access.words import end_in_words, scope_in_words

WHY_NOT: dict[str, str | Promise] = {
    "other_type": gettext_lazy("Their access is to other kinds of record."),
    "earlier_visit": gettext_lazy(
        "Their access is to visits of later days than this one."
    ),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A doctor with access, whether they see the record, and why."""

    name: str
    can_see: bool
    why: str | Promise


def readers_of(actor: User, record: RecordRow) -> list[Reader]:
    """:param record: one of the actor's own."""
    return [
        Reader(str(one.doctor), one.can_see, why(one))
        for one in explain_readers(actor, record)
    ]


def why(explanation: Explanation) -> str | Promise:
    grant = explanation.grant
    assert grant is not None
    match explanation.code:
        case "covered":
            scope = scope_in_words(grant.record_types, grant.records_since)
            return _("Their access is to %(scope)s.") % {"scope": scope}
        case "emergency":
            until = end_in_words(grant.expires_at)
            return _("By emergency access, until %(until)s.") % {"until": until}
        case code:
            return WHY_NOT[code]
