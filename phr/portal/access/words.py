"""How far access goes and how long, in words."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.closed_grants import NOT_STARTED, NOT_VERIFIED
from phr.care.models import CareGrant, DoctorProfile
from phr.portal.days import DAY, day_in_words, moment_in_words
from phr.portal.remembered import remembered

# Several of a kind.
KINDS = {
    RecordType.CHECKUP: gettext_lazy("check-ups"),
    RecordType.DIAGNOSIS: gettext_lazy("diagnoses"),
    RecordType.PRESCRIPTION: gettext_lazy("prescriptions"),
    RecordType.LAB_RESULT: gettext_lazy("lab results"),
    RecordType.EMERGENCY: gettext_lazy("emergencies"),
}
CLOSED = {
    GrantStatus.PENDING: gettext_lazy("You have not answered yet."),
    GrantStatus.DECLINED: gettext_lazy("You have declined."),
    GrantStatus.ENDED: gettext_lazy("This access has ended."),
    GrantStatus.EXPIRED: gettext_lazy("This access has run out."),
    NOT_STARTED: gettext_lazy("This access has not begun yet."),
    NOT_VERIFIED: gettext_lazy("Sees nothing until staff have verified this doctor."),
}
STATES = {
    GrantStatus.ACTIVE: gettext_lazy("Has access"),
    GrantStatus.PENDING: gettext_lazy("Waits for your answer"),
    GrantStatus.DECLINED: gettext_lazy("You declined"),
    GrantStatus.ENDED: gettext_lazy("Ended"),
    GrantStatus.EXPIRED: gettext_lazy("Ran out"),
}
LAST_MINUTE = time(23, 59)
PARTS = 4_096  # whose words are remembered


def local_day(at: datetime) -> str:
    """The day of a time, where the reader is."""
    return day_in_words(timezone.localtime(at).date(), DAY)


def scope_in_words(record_types: Iterable[str], since: date | None) -> str:
    """Which records, such as "lab results and check-ups since 1 January 2024"."""
    return part_of_records(tuple(record_types), since)


@remembered(PARTS)
def part_of_records(record_types: tuple[str, ...], since: date | None) -> str:
    kinds = get_text_list(
        [str(KINDS[RecordType(each)]) for each in record_types], _("and")
    )
    match bool(kinds), since:
        case False, None:
            return _("everything")
        case False, date() as first:
            return _("everything since %(day)s") % {"day": day_in_words(first, DAY)}
        case True, date() as first:
            day = day_in_words(first, DAY)
            return _("%(kinds)s since %(day)s") % {"kinds": kinds, "day": day}
    return kinds


def end_in_words(expires_at: datetime | None) -> str:
    """How long: until when, or until the patient ends it."""
    if expires_at is None:
        return _("You end it")
    local = timezone.localtime(expires_at)
    whole_day = local.time().replace(second=0, microsecond=0) == LAST_MINUTE
    return day_in_words(local.date(), DAY) if whole_day else moment_in_words(local)


def seen_in_words(visible: int, total: int, scope: str) -> str:
    """How much, such as "41 of 60 records: lab results"."""
    words = ngettext(
        "%(visible)s of %(total)s record: %(scope)s",
        "%(visible)s of %(total)s records: %(scope)s",
        total,
    )
    return words % {"visible": visible, "total": total, "scope": scope}


@remembered(PARTS)
def part_in_words(seen: int, total: int) -> str:
    """How much of one kind, such as "3 of 9"."""
    return _("%(seen)s of %(total)s") % {"seen": seen, "total": total}


def role_in_words(grant: CareGrant) -> str:
    """What kind of access it is."""
    if grant.origin == GrantOrigin.EMERGENCY:
        return _("Emergency access")
    if grant.is_primary:
        return _("Your main doctor")
    if grant.origin == GrantOrigin.STAFF:
        return _("Added by staff")
    return _("Has access")


def standing_in_words(doctor: DoctorProfile) -> str:
    """Whether staff have checked who this doctor is."""
    if not doctor.is_verified:
        return _("Not verified by staff")
    if doctor.verified_until is None:
        return _("Verified by staff")
    until = local_day(doctor.verified_until)
    return _("Verified by staff until %(day)s") % {"day": until}
