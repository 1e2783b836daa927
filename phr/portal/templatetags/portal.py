"""What the templates of the portal say in their own way: icons, kinds, visit days."""

from datetime import datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from phr.accounts.names import full_name
from phr.care.choices import RecordType
from phr.care.models.people import is_in_force
from phr.health_records.visit_times import own_time
from phr.portal.addresses import address_of, address_with_id
from phr.portal.days import day_in_words

register = template.Library()

# Each type of record has a colour (in the stylesheet), an icon and a word.
ICONS = {
    RecordType.CHECKUP: "clipboard-check",
    RecordType.DIAGNOSIS: "stethoscope",
    RecordType.PRESCRIPTION: "pill",
    RecordType.LAB_RESULT: "flask-conical",
    RecordType.EMERGENCY: "siren",
}
# A visit is on a day first of all. Whoever names no time means about the middle of it.
UNNAMED_TIME = time(12)


@register.simple_tag
@cache
def asset(path: str) -> str:
    """The address of a file that pages load, found once in a process."""
    return static(path)


register.simple_tag(address_of, name="page")


@register.filter
def address(thing_id: UUID, route: str) -> str:
    """The address of a page about one thing of many, as `url` writes it."""
    return address_with_id(route, thing_id)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """An icon of the sprite; what it means stands beside it as a word."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def kind_icon(record_type: str) -> SafeString:
    """The icon of a type of record, on its colour."""
    return format_html(
        '<span class="kind kind-{}">{}</span>',
        record_type.lower(),
        icon(ICONS[RecordType(record_type)]),
    )


@register.filter
def record_count(count: int) -> str:
    words = ngettext("%(count)s record", "%(count)s records", count)
    return words % {"count": count}


@register.filter
def comment_count(count: int) -> str:
    words = ngettext("%(count)s comment", "%(count)s comments", count)
    return words % {"count": count}


@register.filter
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
    return date_format(visit, "WEEKDAY_AND_TIME" if is_named else "WEEKDAY")


@register.filter
def has_news_since(record: Any, at: datetime | None) -> bool:
    """Whether a doctor has commented on a record since then."""
    return at is not None and any(one.created_at > at for one in record.comments)


@register.filter
def moment(at: datetime | None) -> str:
    """A time in the reader's zone, in words: "3 May 2026, 14:02"."""
    return date_format(timezone.localtime(at), "DAY_AND_TIME") if at else ""


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


# What says most of a record comes first: of a prescription, for example, the medicines.
TEXTS_BY_WEIGHT = ("description", "diagnosis", "symptoms", "treatment", "medications")
FIRST_TEXT = {
    RecordType.DIAGNOSIS: "diagnosis",
    RecordType.PRESCRIPTION: "medications",
}
LONGEST_GIST = 140  # characters


@register.filter
def gist(record: Any) -> str:
    """The first line of what matters most in a record."""
    first = FIRST_TEXT.get(record.record_type, TEXTS_BY_WEIGHT[0])
    texts = (getattr(record, name) for name in (first, *TEXTS_BY_WEIGHT))
    text = next((text for text in texts if text.strip()), "").strip()
    line = text.splitlines()[0].strip() if text else ""
    return line if len(line) <= LONGEST_GIST else f"{line[: LONGEST_GIST - 1]}…"


@register.filter
def listed_name(row: Any) -> str:
    """A doctor's name from the columns of a row of the directory."""
    return f"Dr. {full_name(row.user__first_name, row.user__last_name)}"


@register.filter
def is_verified(row: Any) -> bool:
    """Whether staff's verification of a doctor of the directory counts now."""
    return is_in_force(row.verified_at, row.verified_until)
