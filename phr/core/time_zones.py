"""Time zones by their names in the IANA database (RFC 6557), and days in them."""

from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

LONGEST_NAME = 64  # characters; the longest so far has 32
# What a machine has beside the zones of places.
NO_PLACES = {"localtime", "Factory"}
LAST_SECOND = time(23, 59, 59)


class Zone(ZoneInfo):
    """A zone in which every time can be shown, also on the last day of the calendar.

    Somebody may have set an end of 31 December 9999 in UTC, which elsewhere is a day
    that no calendar here has. It is shown as it is written.
    """

    def fromutc(self, at: datetime) -> datetime:
        try:
            return super().fromutc(at)
        except OverflowError:
            return at


@cache
def time_zone_names() -> frozenset[str]:
    """All zones that this server knows, in their one spelling."""
    return frozenset(available_timezones() - NO_PLACES)


def is_time_zone(name: str) -> bool:
    """Whether a zone has this name: it is looked up in a list, and opens no file."""
    return name in time_zone_names()


def zone_named(name: str) -> Zone | None:
    """The zone of a name; None if there is none here, or none any longer."""
    return known_zone(name) if is_time_zone(name) else None


@cache
def known_zone(name: str) -> Zone:
    """The zone, read once in a process: of a class of its own Python keeps none."""
    return Zone(name)


def begin_of_day(day: date) -> datetime:
    """The first moment of a day where the reader is, also if clocks skip midnight."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of_day(day: date) -> datetime:
    """The last second of a day where the reader is: the later one, if clocks show it
    twice."""
    last = datetime.combine(day, LAST_SECOND).replace(fold=1)
    return timezone.make_aware(last)
