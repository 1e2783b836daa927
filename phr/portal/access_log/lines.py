"""Lines of the access log, as a page and a table tell them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from phr.accounts.models import User, UserType
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.care.grant_rows import own_grants
from phr.care.models import CareGrant
from phr.health_records.care_team import titles_of
from phr.portal.access_log.sentences import action_in_words, sentence_about


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what was done, when, and why it could be.

    :param reason: under which access, or "".
    :param counted: of tries that were counted together: how many, from when.
    """

    at: datetime
    sentence: SafeString
    reason: str
    counted: str
    address: str
    was_refused: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    name: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Named:
    """What some lines speak of, by id: whatever of it the reader may see."""

    reader: User
    titles: Mapping[UUID, str]
    grants: Mapping[UUID, CareGrant]


def name_things(reader: User, entries: Iterable[AccessEntry]) -> Named:
    """Look up what lines speak of, in two statements."""
    found = list(entries)
    records = {
        record_id
        for entry in found
        if entry.object_kind == "record" and len(entry.object_ids) == 1
        for record_id in entry.object_ids
    }
    granted = {entry.grant_id for entry in found if entry.grant_id}
    of_grants = {
        grant_id
        for entry in found
        if entry.object_kind == "grant"
        for grant_id in entry.object_ids
    }
    grants = own_grants(reader, granted | of_grants)
    return Named(reader, titles_of(reader, records), grants)


def lines_by_day(reader: User, entries: list[AccessEntry]) -> list[Day]:
    """Lines, newest first, under the days on which they were where the reader is."""
    named = name_things(reader, entries)
    days: list[Day] = []
    for entry in entries:
        name = day_name(timezone.localdate(entry.at))
        if not days or days[-1].name != name:
            days.append(Day(name, []))
        days[-1].lines.append(line_of(entry, named))
    return days


def day_name(day: date) -> str:
    """A day in words; the last two by what they are called."""
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "WEEKDAY")


def line_of(entry: AccessEntry, named: Named) -> Line:
    return Line(
        at=entry.at,
        sentence=sentence_of(entry, named),
        reason=reason_of(entry, named),
        counted=counted_in_words(entry),
        address=entry.address or "",
        was_refused=entry.outcome != Outcome.ALLOWED,
    )


def sentence_of(entry: AccessEntry, named: Named) -> SafeString:
    """The sentence, with a link to the record if it is there; all else is escaped."""
    records = records_of(entry, named)
    title = title_of(entry, named)
    if title:
        address = reverse("portal:record", args=[entry.object_ids[0]])
        records = format_html('<a href="{}">{}</a>', address, title)
    words = sentence_about(entry, is_own=is_own(entry, named))
    return format_html(words, **facts_of(entry, named, records))


def plain_sentence_of(entry: AccessEntry, named: Named) -> str:
    """The same sentence for where there are no links."""
    records = title_of(entry, named) or records_of(entry, named)
    words = sentence_about(entry, is_own=is_own(entry, named))
    return words.format(**facts_of(entry, named, records))


def is_own(entry: AccessEntry, named: Named) -> bool:
    return entry.actor_id == named.reader.pk


def facts_of(entry: AccessEntry, named: Named, records: str) -> dict[str, str]:
    """What the places in a sentence stand for."""
    return {
        "who": who_of(entry),
        "doctor": doctor_of(entry, named),
        "record": records,
        "records": records,
        "action": action_in_words(entry.action),
    }


def who_of(entry: AccessEntry) -> str:
    """Who it was, by the name of then; names of the erased are gone."""
    if entry.actor_id is None:
        return _("Somebody who was not signed in")
    if not entry.actor_name:
        return _("Somebody whose account is deleted")
    is_doctor = entry.actor_role == UserType.DOCTOR
    return f"Dr. {entry.actor_name}" if is_doctor else entry.actor_name


def doctor_of(entry: AccessEntry, named: Named) -> str:
    grant = named.grants.get(entry.grant_id) if entry.grant_id else None
    return str(grant.doctor) if grant else _("a doctor")


def title_of(entry: AccessEntry, named: Named) -> str:
    """The title of the one record that a line is about, if the reader may see it."""
    if entry.object_kind != "record" or len(entry.object_ids) != 1:
        return ""
    return named.titles.get(entry.object_ids[0], "")


def records_of(entry: AccessEntry, named: Named) -> str:
    """Which records, where there is no title to say it."""
    if entry.object_kind != "record" or not entry.object_ids:
        return _("a record")
    count = len(entry.object_ids)
    if count == 1:
        return _("a deleted record")
    words = ngettext("%(n)s of your records", "%(n)s of your records", count)
    return words % {"n": count}


def reason_of(entry: AccessEntry, named: Named) -> str:
    """Why it could be done; of what was refused, that there was no reason."""
    match entry.basis:
        case Basis.EMERGENCY:
            return _("Under emergency access.")
        case Basis.STAFF:
            return _("As staff of this server.")
        case Basis.GRANT:
            return grant_in_words(named, entry.grant_id)
    was_refused = entry.outcome != Outcome.ALLOWED
    if was_refused and entry.actor_role == UserType.DOCTOR:
        return _("There was no access for this.")
    return ""


def grant_in_words(named: Named, grant_id: UUID | None) -> str:
    grant = named.grants.get(grant_id) if grant_id else None
    if grant is None:
        return ""
    day = date_format(timezone.localtime(grant.starts_at), "DAY")
    if grant.decided_by_id == named.reader.pk:
        return _("Under the access you gave on %(day)s.") % {"day": day}
    return _("Under the access that began on %(day)s.") % {"day": day}


def counted_in_words(entry: AccessEntry) -> str:
    """How often, of tries that were counted together."""
    if entry.since is None:
        return ""
    words = ngettext(
        "%(n)s try between %(since)s and %(until)s.",
        "%(n)s tries between %(since)s and %(until)s.",
        entry.count,
    )
    since, until = timezone.localtime(entry.since), timezone.localtime(entry.at)
    return words % {
        "n": entry.count,
        "since": date_format(since, "CLOCK"),
        "until": date_format(until, "CLOCK"),
    }
