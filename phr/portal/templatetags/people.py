"""What templates say of people and of what opens their records, in whole sentences."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from phr.accounts.models import User
from phr.accounts.names import full_name
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.closed_grants import (
    NOT_STARTED,
    NOT_VERIFIED,
    names_patient_to,
    why_closed,
)
from phr.care.end_reasons import end_reason_in_words
from phr.care.models import CareGrant
from phr.health_records.panel import MOST_NEW
from phr.health_records.visit_times import own_time
from phr.portal.days import DAY, day_in_words, moment_in_words
from phr.portal.remembered import remembered

register = template.Library()
register.filter("end_reason", end_reason_in_words)


@register.filter
def person_name(row: Any) -> str:
    """Somebody's name from the columns of a row; the user name where they have none."""
    return full_name(row.first_name, row.last_name) or str(row.username)


@register.filter
def last_visit_day(row: Any) -> str:
    """When a patient's last visit was, by the day where it was."""
    last_visit = own_time(row.last_visit, row.last_visit_offset)
    day = day_in_words(last_visit.date(), DAY)
    return _("last visit on %(day)s") % {"day": day}


@register.filter
def listed_doctor_name(row: Any) -> str:
    """A doctor's name from the columns of the directory."""
    name = full_name(row.user__first_name, row.user__last_name)
    return _("Dr. %(name)s") % {"name": name}


@register.filter
def age(born: date | None) -> str:
    """How old somebody is today, in words."""
    if born is None:
        return _("Age not given")
    today = timezone.localdate()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return ngettext("%(years)s year old", "%(years)s years old", years) % {
        "years": years
    }


@register.filter
@remembered(MOST_NEW)
def new_count(new: int) -> str:
    """How many records are new, as far as they are counted."""
    if new >= MOST_NEW:
        return _("%(new)s or more new") % {"new": MOST_NEW}
    return ngettext("%(new)s new", "%(new)s new", new) % {"new": new}


@register.filter
def scope_sentence(grant: CareGrant) -> str:
    """How far an access goes, in a sentence to its doctor."""
    names = [str(RecordType(kind).label) for kind in grant.record_types]
    words = {
        "kinds": ", ".join(names),
        "day": day_in_words(grant.records_since, DAY) if grant.records_since else "",
    }
    match bool(names), bool(words["day"]):
        case False, False:
            sentence = _("You see all records.")
        case False, True:
            sentence = _("You see all records of visits since %(day)s.")
        case True, False:
            sentence = _("You see these kinds of records: %(kinds)s.")
        case _:
            sentence = _(
                "You see these kinds of records, of visits since %(day)s: %(kinds)s."
            )
    return sentence % words


@register.filter
def end_sentence(grant: CareGrant) -> str:
    """When an access ends, in a sentence to its doctor."""
    if grant.expires_at is None:
        return _("It lasts until the patient or you end it.")
    until = moment_in_words(timezone.localtime(grant.expires_at))
    return _("It ends on %(moment)s.") % {"moment": until}


@dataclass(frozen=True, slots=True)
class AccessState:
    """What has become of an access, for its doctor.

    :param opens: whether it opens records now, so that the patient may be named.
    :param waits: whether the patient has yet to answer.
    :param lasts: whether there is something to end.
    """

    sentence: str
    opens: bool
    waits: bool
    lasts: bool


@register.simple_tag
def state_of(grant: CareGrant, reader: User, now: datetime) -> AccessState:
    """What to say of a grant in the list of its doctor."""
    why = why_closed(grant, now)
    since = moment_in_words(timezone.localtime(grant.requested_at))
    sentences = {
        "": _("You have access, asked or given on %(moment)s."),
        GrantStatus.PENDING: _(
            "Asked on %(moment)s. The patient has not answered yet."
        ),
        GrantStatus.DECLINED: _("Asked on %(moment)s. The patient has said no."),
        GrantStatus.ENDED: _("Asked or given on %(moment)s. It was ended."),
        GrantStatus.EXPIRED: _("Asked or given on %(moment)s. Its time is over."),
        NOT_STARTED: _("Given on %(moment)s. It has not begun yet."),
        NOT_VERIFIED: _(
            "Given on %(moment)s. It opens nothing until staff have verified you."
        ),
    }
    return AccessState(
        sentences[why] % {"moment": since},
        opens=names_patient_to(reader, grant, now),
        waits=why == GrantStatus.PENDING,
        lasts=grant.state(now) == GrantStatus.ACTIVE,
    )


@register.filter
def is_emergency(origin: str | None) -> bool:
    return origin == GrantOrigin.EMERGENCY
