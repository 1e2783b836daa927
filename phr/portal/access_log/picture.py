"""Looks by month, as bars and as the table behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from phr.audit.looks import MonthOfLooks
from phr.portal.days import day_in_words

MONTHS = 12
HEIGHT, STEP, BAR = 100, 32, 22  # in the units of the picture
ROOM_ABOVE = 18  # for a number


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: its name, its counts, and where its two bars stand."""

    name: str
    short: str
    total: int
    looks: int
    refusals: int
    x: int
    middle: int
    looks_y: int
    looks_height: int
    refusals_y: int
    refusals_height: int
    number_y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A year of looks.

    :param people: the ids and names of who has looked or tried to.
    """

    bars: list[Bar]
    width: int
    looks: int
    refusals: int
    people: list[tuple[UUID, str]]


def first_month(today: date) -> date:
    """The first of the months in the picture, of which today's is the last."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def months_from(first: date) -> list[date]:
    begin = first.year * 12 + first.month - 1
    counted = range(begin, begin + MONTHS)
    return [date(each // 12, each % 12 + 1, 1) for each in counted]


def picture_of(
    rows: Iterable[MonthOfLooks], today: date, person: UUID | None
) -> Picture:
    """Bars for the months until today.

    :param person: whose looks alone; None for everybody's.
    """
    found = list(rows)
    shown = [row for row in found if person is None or row.actor_id == person]
    months = months_from(first_month(today))
    counts = [
        (
            sum(row.looks for row in shown if row.month == month),
            sum(row.refusals for row in shown if row.month == month),
        )
        for month in months
    ]
    most = max((looks + refusals for looks, refusals in counts), default=0)
    bars = [
        bar_of(place, month, *count, most=most)
        for place, (month, count) in enumerate(zip(months, counts, strict=True))
    ]
    return Picture(
        bars,
        STEP * MONTHS,
        looks=sum(looks for looks, _refusals in counts),
        refusals=sum(refusals for _looks, refusals in counts),
        people=people_in(found),
    )


def people_in(rows: Iterable[MonthOfLooks]) -> list[tuple[UUID, str]]:
    names = {row.actor_id: row.name for row in rows if row.actor_id}
    named = [(key, name or _("Deleted account")) for key, name in names.items()]
    return sorted(named, key=lambda pair: pair[1].casefold())


def bar_of(place: int, month: date, looks: int, refusals: int, *, most: int) -> Bar:
    looked, refused = height(looks, most), height(refusals, most)
    return Bar(
        name=day_in_words(month, "MONTH"),
        # A name for every second month has room on a phone.
        short=day_in_words(month, "MONTH_IN_SHORT") if place % 2 else "",
        total=looks + refusals,
        looks=looks,
        refusals=refusals,
        x=place * STEP + (STEP - BAR) // 2,
        middle=place * STEP + STEP // 2,
        looks_y=HEIGHT - looked,
        looks_height=looked,
        refusals_y=HEIGHT - looked - refused,
        refusals_height=refused,
        number_y=HEIGHT - looked - refused - 5,
    )


def height(count: int, most: int) -> int:
    """Its part of the height; what is not nothing can be seen."""
    return max(3, count * (HEIGHT - ROOM_ABOVE) // most) if count else 0
