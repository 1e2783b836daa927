"""What some terms would open, in a sentence and a number, before they are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from phr.accounts.models import User
from phr.care.models import DoctorProfile
from phr.health_records.grant_preview import Preview, preview_terms
from phr.health_records.models import HealthRecord
from phr.portal.access import words
from phr.portal.access.cards import share
from phr.portal.access.forms import TermsForm

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Opening:
    """What a doctor would see.

    :param sentence: how much, which, and until when.
    :param closed: why it would be nothing for now; else empty.
    :param examples: the latest of the records that would be seen.
    """

    sentence: str
    closed: str
    share: int
    examples: list[HealthRecord]
    has_more: bool


def opening_of(
    form: TermsForm, actor: User, doctor: DoctorProfile, now: datetime
) -> Opening | None:
    """What a form's terms would open; None if they make no sense yet.

    What is wrong then stands in the form.
    """
    if form.is_bound and not form.is_valid():
        return None
    terms = form.terms(now) if form.is_bound else form.initial_terms()
    found = None
    with form.showing_refusals():
        found = preview_terms(actor=actor, doctor_id=doctor.pk, terms=terms, at=now)
    return in_words(found, doctor, terms) if found else None


def in_words(found: Preview, doctor: DoctorProfile, terms: dict[str, Any]) -> Opening:
    closed = str(words.CLOSED[found.closed]) if found.closed else ""
    examples = found.list_shown(None, EXAMPLES)
    return Opening(
        sentence(found, doctor, terms),
        closed,
        share(found.visible, found.total),
        examples.rows,
        examples.has_more,
    )


def sentence(found: Preview, doctor: DoctorProfile, terms: dict[str, Any]) -> str:
    """How much, which, and until when."""
    scope = words.scope_in_words(
        terms.get("record_types", ()), terms.get("records_since")
    )
    until = terms.get("expires_at")
    facts = {
        "doctor": doctor,
        "visible": found.visible,
        "total": found.total,
        "scope": scope,
        "until": words.end_in_words(until),
    }
    if until is None:
        said = ngettext(
            "%(doctor)s will see %(visible)s of your %(total)s record (%(scope)s) "
            "until you end it.",
            "%(doctor)s will see %(visible)s of your %(total)s records (%(scope)s) "
            "until you end it.",
            found.total,
        )
    else:
        said = _(
            "%(doctor)s will see %(visible)s of your %(total)s records (%(scope)s) "
            "until %(until)s."
        )
    return said % facts
