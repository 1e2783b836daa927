"""Lines of the access log, as a page and a table tell them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from string import Formatter
from typing import TypedDict
from uuid import UUID

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from phr.accounts.models import User, UserType
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.care.grant_rows import own_grants
from phr.care.models import CareGrant
from phr.health_records.care_team import titles_of
from phr.portal.access.words import local_day
from phr.portal.access_log.sentences import action_in_words, sentence_about
from phr.portal.addresses import address_with_id
from phr.portal.days import clock_in_words, day_in_words


class Line(TypedDict):
    """One line: what was done, when, and why it could be.

    :param stamp: the time for programs (ISO 8601).
    :param details: how often, why, from where; each after a dot.
    """

    stamp: str
    clock: str
    sentence: SafeString
    details: str
    was_refused: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    name: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Named:
    """What some lines speak of, by id: whatever of it the reader may see.

    :param reasons: each of the grants as a reason.
    """

    reader: User
    titles: Mapping[UUID, str]
    grants: Mapping[UUID, CareGrant]
    reasons: Mapping[UUID, str]


# What stands in one place of a sentence.
Fact = Callable[[AccessEntry, Named], str]


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
    reasons = {key: grant_in_words(reader, grant) for key, grant in grants.items()}
    return Named(reader, titles_of(reader, records), grants, reasons)


def lines_by_day(reader: User, entries: list[AccessEntry]) -> list[Day]:
    """Lines, newest first, under the days on which they were where the reader is."""
    named = name_things(reader, entries)
    today = timezone.localdate()
    of_days = groupby(entries, lambda entry: timezone.localdate(entry.at))
    return [
        Day(day_name(day, today), [line_of(entry, named) for entry in those])
        for day, those in of_days
    ]


def day_name(day: date, today: date) -> str:
    """A day in words; the last two by what they are called."""
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return day_in_words(day)


def line_of(entry: AccessEntry, named: Named) -> Line:
    local = timezone.localtime(entry.at)
    details = counted_in_words(entry), reason_of(entry, named), place_of(entry)
    return Line(
        stamp=local.isoformat(),
        clock=clock_in_words(local),
        sentence=sentence_of(entry, named),
        details="".join(f" · {detail}" for detail in details if detail),
        was_refused=entry.outcome != Outcome.ALLOWED,
    )


def sentence_of(entry: AccessEntry, named: Named) -> SafeString:
    """The sentence, with a link to the record if it is there; all else is escaped."""
    words = sentence_about(entry, is_own=is_own(entry, named))
    return format_html(words, **facts_of(words, entry, named, linked_records_of))


def plain_sentence_of(entry: AccessEntry, named: Named) -> str:
    """The same sentence for where there are no links."""
    words = sentence_about(entry, is_own=is_own(entry, named))
    return words.format(**facts_of(words, entry, named, records_of))


def is_own(entry: AccessEntry, named: Named) -> bool:
    return entry.actor_id == named.reader.pk


def facts_of(
    words: str, entry: AccessEntry, named: Named, tell_records: Fact
) -> dict[str, str]:
    """What the places in a sentence stand for."""
    facts: dict[str, Fact] = {
        "who": who_of,
        "doctor": doctor_of,
        "record": tell_records,
        "records": tell_records,
        "action": action_of,
    }
    places = places_in(words) or ["who"]  # Django refuses to fill in nothing
    return {place: facts[place](entry, named) for place in places}


@cache
def places_in(sentence: str) -> list[str]:
    """The names of the places in a sentence of ours."""
    return [name for _text, name, *_rest in Formatter().parse(sentence) if name]


def action_of(entry: AccessEntry, _named: Named) -> str:
    return action_in_words(entry.action)


def who_of(entry: AccessEntry, _named: Named) -> str:
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


def linked_records_of(entry: AccessEntry, named: Named) -> str:
    """Which record, as a link to it; else as `records_of`."""
    title = title_of(entry, named)
    if not title:
        return records_of(entry, named)
    address = address_with_id("portal:record", entry.object_ids[0])
    return format_html('<a href="{}">{}</a>', address, title)


def title_of(entry: AccessEntry, named: Named) -> str:
    """The title of the one record that a line is about, if the reader may see it."""
    if entry.object_kind != "record" or len(entry.object_ids) != 1:
        return ""
    return named.titles.get(entry.object_ids[0], "")


def records_of(entry: AccessEntry, named: Named) -> str:
    """Which record, by its title, or how many."""
    if title := title_of(entry, named):
        return title
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
            return named.reasons.get(entry.grant_id, "") if entry.grant_id else ""
    was_refused = entry.outcome != Outcome.ALLOWED
    if was_refused and entry.actor_role == UserType.DOCTOR:
        return _("There was no access for this.")
    return ""


def grant_in_words(reader: User, grant: CareGrant) -> str:
    day = local_day(grant.starts_at)
    if grant.decided_by_id == reader.pk:
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
    return words % {
        "n": entry.count,
        "since": clock_in_words(timezone.localtime(entry.since)),
        "until": clock_in_words(timezone.localtime(entry.at)),
    }


def place_of(entry: AccessEntry) -> str:
    """From where, if that is known."""
    if not entry.address:
        return ""
    return _("From %(address)s") % {"address": entry.address}
