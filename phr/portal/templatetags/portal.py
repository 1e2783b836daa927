"""What the templates of the portal say in their own way: icons, kinds, visit days."""

from datetime import datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from phr.accounts.names import full_name
from phr.care.choices import RecordType
from phr.care.models.people import is_in_force
from phr.health_records.visit_times import own_time
from phr.portal.addresses import address_of, address_with_id
from phr.portal.days import WEEKDAY, day_in_words, moment_in_words
from phr.portal.fixed_tags import add_fixed_tags, translate
from phr.portal.icons import icon, kind_icon
from phr.portal.remembered import remembered

register = template.Library()

# A visit is on a day first of all. Whoever names no time means about the middle of it.
UNNAMED_TIME = time(12)
COUNTS, KINDS = 1_024, len(RecordType) * 2  # whose words are remembered


@cache
def asset(path: str) -> str:
    """The address of a file that pages load, found once in a process."""
    return static(path)


@register.filter
def address(thing_id: UUID, route: str) -> str:
    """The address of a page about one thing of many, as `url` writes it."""
    return address_with_id(route, thing_id)


add_fixed_tags(register, asset=asset, icon=icon, kind_icon=kind_icon, page=address_of)
# Instead of the tag of `i18n`, which templates load before this library.
register.tag("translate", translate)


@register.filter
@remembered(COUNTS)
def record_count(count: int) -> str:
    words = ngettext("%(count)s record", "%(count)s records", count)
    return words % {"count": count}


@register.filter
@remembered(COUNTS)
def comment_count(count: int) -> str:
    words = ngettext("%(count)s comment", "%(count)s comments", count)
    return words % {"count": count}


@register.filter
@remembered(KINDS)
def kind_name(record_type: str) -> str:
    return str(RecordType(record_type).label)


@register.filter
def visit_day(record: Any) -> str:
    """The day of a visit where it was, in words: "Thursday, 12 November 2026"."""
    return day_in_words(own_time(record.visit_date, record.visit_offset).date())


@register.filter
def visit_time(record: Any) -> str:
    """The day of a visit where it was, with its time if it has one."""
    return visit_in_words(own_time(record.visit_date, record.visit_offset))


def visit_in_words(visit: datetime) -> str:
    """:param visit: noon stands for a visit whose time nobody has named."""
    is_named = visit.time().replace(second=0, microsecond=0) != UNNAMED_TIME
    return moment_in_words(visit, WEEKDAY) if is_named else day_in_words(visit.date())


@register.filter
def moment(at: datetime | None) -> str:
    """A time in the reader's zone, in words: "3 May 2026, 14:02"."""
    return moment_in_words(timezone.localtime(at)) if at else ""


@register.filter
def moment_anywhere(at: datetime | None) -> str:
    """The same for who may be anywhere: "3 May 2026, 14:02 (Europe/Berlin)"."""
    zone = timezone.get_current_timezone_name()
    words = gettext("%(moment)s (%(zone)s)") % {"moment": moment(at), "zone": zone}
    return words if at else ""


# By the word of the User-Agent that says it; the first that is found counts.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox"} | {
    name: name.replace("CriOS", "Chrome") for name in ("CriOS", "Chrome", "Safari")
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "Chromebook",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    """What somebody signed in with, as far as it says: "Firefox on Windows"."""
    browser = next((BROWSERS[word] for word in BROWSERS if word in user_agent), "")
    system = next((SYSTEMS[word] for word in SYSTEMS if word in user_agent), "")
    if browser and system:
        names = {"browser": browser, "system": system}
        return gettext("%(browser)s on %(system)s") % names
    return browser or system or gettext("A program")


@register.filter
def doctor_name(row: Any) -> str:
    """A doctor's name from the columns of a comment's row."""
    return doctor_called(row.doctor__user__first_name, row.doctor__user__last_name)


def doctor_called(first_name: str, last_name: str) -> str:
    return f"Dr. {full_name(first_name, last_name)}"


@register.filter
def listed_name(row: Any) -> str:
    """A doctor's name from the columns of a row of the directory."""
    return f"Dr. {full_name(row.user__first_name, row.user__last_name)}"


@register.filter
def is_verified(row: Any) -> bool:
    """Whether staff's verification of a doctor of the directory counts now."""
    return is_in_force(row.verified_at, row.verified_until)
