"""Days and times in words, put together once for each day and minute of a day."""

from datetime import date, datetime, time

from django.utils.formats import date_format, time_format

from phr.portal.remembered import remembered

DAY, WEEKDAY = "DAY", "WEEKDAY"  # formats: `phr/core/formats`
DAYS, MINUTES = 8_192, 24 * 60 * 2  # remembered: some 1.5 MB


@remembered(DAYS)
def day_in_words(day: date, style: str = WEEKDAY) -> str:
    """A day with its weekday: "Thursday, 12 November 2026".

    :param day: no time.
    :param style: a format, such as `DAY` for a day without its weekday.
    """
    return date_format(day, style)


def clock_in_words(at: datetime) -> str:
    """The time of day where somebody reads or was: "14:02"."""
    return minute_in_words(at.time().replace(second=0, microsecond=0))


@remembered(MINUTES)
def minute_in_words(at: time) -> str:
    return time_format(at, "CLOCK")


def moment_in_words(at: datetime, style: str = DAY) -> str:
    """A day and a time: "12 November 2026, 14:02".

    :param at: where somebody reads or was.
    """
    return f"{day_in_words(at.date(), style)}, {clock_in_words(at)}"
