"""A patient's first page: what is new, what waits, who can see the records."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from phr.accounts.models import User
from phr.care.access_overview import AccessOverview, read_access_overview
from phr.care.choices import GrantOrigin
from phr.care.models import CareGrant
from phr.health_records import reads
from phr.health_records.filters import RecordFilters
from phr.health_records.news import count_new_comments
from phr.identity.protection import read_protection
from phr.portal.access.emergencies import open_emergency
from phr.portal.access.words import end_in_words, scope_in_words
from phr.portal.last_visit import last_visit
from phr.portal.pages import portal_page

LATEST = 5  # records, and doctors


@dataclass(frozen=True, slots=True)
class Step:
    """What is missing, and where it is done.

    :param route: the name of its address.
    """

    name: str | Promise
    why: str | Promise
    route: str


LET_A_DOCTOR_IN = Step(
    gettext_lazy("Let a doctor in"),
    gettext_lazy("Nobody but you can see your records yet. You choose who, and what."),
    "portal:access_invite",
)
CONFIRM_ADDRESS = Step(
    gettext_lazy("Confirm your e-mail address"),
    gettext_lazy("Only then can you set a new password if you forget yours."),
    "portal:address",
)
ADD_FACTOR = Step(
    gettext_lazy("Protect your account with a second step"),
    gettext_lazy("With an app or a passkey, a stolen password opens nothing."),
    "portal:second_factor",
)


@dataclass(frozen=True, slots=True)
class Doctor:
    """Who can see the records, in a line."""

    name: str
    scope: str
    until: str
    is_emergency: bool
    grant_id: UUID


def patient_home(request: HttpRequest, patient: User) -> HttpResponse:
    since = last_visit(request, patient)
    new_comments = count_new_comments(patient, since)
    overview = read_access_overview(patient)
    latest = reads.list_records(patient, RecordFilters(), None, LATEST)
    active = overview.active
    context = {
        "greeted": patient.first_name or str(patient),
        "news": news_sentence(since, new_comments, overview),
        "since": since,
        "latest": latest.rows,
        "requests": overview.pending,
        "doctors": [doctor_of(grant) for grant in active[:LATEST]],
        "has_more_doctors": len(active) > LATEST or overview.has_more_active,
        "emergencies": [open_emergency(grant) for grant in active if is_urgent(grant)],
        "step": next_step(patient, overview),
    }
    return portal_page(request, "portal/home/patient.html", context)


def news_sentence(
    since: datetime | None, new_comments: int, overview: AccessOverview
) -> str:
    """What is new since somebody was here last, in a sentence."""
    if since is None:
        return _("This is your place for everything that belongs to your health.")
    asked = sum(grant.requested_at > since for grant in overview.pending)
    when = when_in_words(since)
    found = []
    if new_comments:
        words = ngettext("%(n)d new comment", "%(n)d new comments", new_comments)
        found.append(words % {"n": new_comments})
    if asked:
        words = ngettext("%(n)d new request", "%(n)d new requests", asked)
        found.append(words % {"n": asked})
    if not found:
        return _("Nothing is new since you signed in %(when)s.") % {"when": when}
    news = get_text_list(found, _("and"))
    return _("Since you signed in %(when)s: %(news)s.") % {"when": when, "news": news}


def when_in_words(at: datetime) -> str:
    """When something was, such as "yesterday at 14:02"."""
    local = timezone.localtime(at)
    match (timezone.localdate() - local.date()).days:
        case 0:
            return _("today at %(time)s") % {"time": date_format(local, "CLOCK")}
        case 1:
            return _("yesterday at %(time)s") % {"time": date_format(local, "CLOCK")}
    return _("on %(day)s") % {"day": date_format(local, "WEEKDAY")}


def is_urgent(grant: CareGrant) -> bool:
    return grant.origin == GrantOrigin.EMERGENCY


def doctor_of(grant: CareGrant) -> Doctor:
    scope = scope_in_words(grant.record_types, grant.records_since)
    until = end_in_words(grant.expires_at) if grant.expires_at else ""
    return Doctor(str(grant.doctor), scope, until, is_urgent(grant), grant.pk)


def next_step(patient: User, overview: AccessOverview) -> Step | None:
    """What somebody does best next, if something is missing."""
    if not overview.active and not overview.pending:
        return LET_A_DOCTOR_IN
    protection = read_protection(patient)
    if not protection.address_confirmed:
        return CONFIRM_ADDRESS
    return None if protection.has_factor else ADD_FACTOR
