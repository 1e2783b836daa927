"""When a visit was: an instant, and what clocks showed where it was.

Records are in order by the instant. The day of a visit is the one that the patient had,
which the offset from UTC tells.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone

from django.db.models import DateField, Func
from django.utils.timezone import make_aware

from phr.care.terms import FURTHEST_AHEAD

MINUTE = timedelta(minutes=1)
# As in XML Schema and FHIR (dateTime); clocks are between -12:00 and +14:00.
FURTHEST_OFFSET = FURTHEST_AHEAD // MINUTE


class VisitDay(Func):
    """The day of a visit where it was, of its columns `visit_date` and `visit_offset`.

    Decided in UTC, whatever the time zone of the connection.
    """

    template = "((%(expressions)s) AT TIME ZONE 'UTC')::date"
    arg_joiner = " + interval '1 minute' * "
    arity = 2
    output_field = DateField()


def own_time(visit_date: datetime, offset: int) -> datetime:
    """A visit's instant with the time of day that it had where it was.

    :param visit_date: in UTC.
    :param offset: minutes that clocks there were ahead of UTC.
    """
    return visit_date.astimezone(zone(offset)) if offset else visit_date


def columns_of(visit: datetime) -> dict[str, datetime | int]:
    """The columns of a visit: its instant in UTC, and its offset in minutes.

    :param visit: with an offset of whole minutes.
    """
    offset = visit.utcoffset() or timedelta(0)
    return {"visit_date": visit.astimezone(UTC), "visit_offset": offset // MINUTE}


def offset_here(clock: datetime) -> int:
    """How many minutes the reader's clocks are ahead of UTC when they show this."""
    offset = make_aware(clock).utcoffset() or timedelta(0)
    return round(offset / MINUTE)  # before 1937 there were seconds, too


def in_words(visit: datetime) -> str:
    """A visit for people, such as "2026-03-02 23:30 UTC-07:00"."""
    return f"{visit:%Y-%m-%d %H:%M} {visit.tzname()}"


def begins_first(day: date) -> datetime:
    """The instant at which a day begins where it begins first."""
    return datetime.combine(day, time.min, zone(FURTHEST_OFFSET))


def ends_last(day: date) -> datetime:
    """The last instant of a day where it ends last."""
    return datetime.combine(day, time.max, zone(-FURTHEST_OFFSET))


def zone(offset: int) -> timezone:
    return timezone(offset * MINUTE)
