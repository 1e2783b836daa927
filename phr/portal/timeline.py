"""The picture of a timeline: years across, kinds down, a mark for what was when.

Made here, so that it needs no script. There are two drawings of the same marks, of
which the stylesheet shows one: for wide screens and for narrow ones.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, ngettext

from phr.care.choices import RecordType
from phr.health_records.timeline import Mark
from phr.portal.days import DAY, day_in_words

RecordUrl = Callable[[UUID], str]
# The address of the list of one kind (all for None) between two days.
ListUrl = Callable[[str | None, date, date], str]

ROOM_FOR_A_YEAR = 38  # units of a drawing


@dataclass(frozen=True, slots=True)
class Layout:
    """How a drawing is laid out, in units of its own.

    :param places: how many marks there is room for side by side.
    :param left: where the lanes begin; what is left of it are their names.
    :param lane: the height of one.
    :param line: where in a lane its line is.
    :param name_below: how far below the line the name of a lane stands.
    :param most_years: how many of the years can be named.
    """

    name: str
    width: int
    places: int
    left: int
    lane: int
    line: int
    name_below: int
    most_years: int

    @property
    def bottom(self) -> int:
        return self.lane * len(RecordType)

    @property
    def height(self) -> int:
        return self.bottom + 28


WIDE = Layout("for-wide", 1000, 32, 125, 36, 18, 5, 12)
NARROW = Layout("for-narrow", 340, 11, 4, 58, 40, -20, 4)


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a mark is drawn, what it says and where it leads."""

    record_type: str
    x: int
    y: int
    count: int
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """:param lanes: the type and height of each; years with where they begin."""

    layout: Layout
    lanes: list[tuple[str, int]]
    years: list[tuple[int, int]]
    dots: list[Dot]


@dataclass(frozen=True, slots=True)
class YearRow:
    """A row of the table behind the picture: how many of each kind, and where."""

    year: int
    cells: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture and the table behind it.

    :param total: how many records there are.
    """

    drawings: list[Drawing]
    rows: list[YearRow]
    total: int
    first_year: int
    last_year: int


def timeline_of(
    marks: list[Mark], *, record_url: RecordUrl, list_url: ListUrl
) -> Timeline | None:
    """The picture of somebody's records; None if there are none.

    :param marks: from `reads.own_timeline`, or of a chart.
    """
    if not marks:
        return None
    first = min(mark.first_day for mark in marks).year
    last = max(mark.last_day for mark in marks).year
    urls = record_url, list_url
    return Timeline(
        [draw(marks, layout, first, last, urls) for layout in (WIDE, NARROW)],
        list(rows_of(marks, list_url)),
        sum(mark.count for mark in marks),
        first,
        last,
    )


def draw(
    marks: list[Mark],
    layout: Layout,
    first: int,
    last: int,
    urls: tuple[RecordUrl, ListUrl],
) -> Drawing:
    begin, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1
    room = layout.width - layout.left
    names = {kind.value: str(kind.label) for kind in RecordType}
    heights = {
        kind: place * layout.lane + layout.line
        for place, kind in enumerate(RecordType.values)
    }
    together: dict[tuple[str, int], list[Mark]] = defaultdict(list)
    for mark in marks:
        day = mark.first_day.toordinal()
        place = (day - begin) * layout.places // (end - begin)
        together[mark.record_type, place].append(mark)
    dots = [
        dot_of(
            found,
            names[kind],
            layout.left + round((place + 0.5) * room / layout.places),
            heights[kind],
            urls,
        )
        for (kind, place), found in sorted(together.items())
    ]
    years = list(named_years(layout, first, last))
    return Drawing(layout, list(heights.items()), years, dots)


def named_years(layout: Layout, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The years that there is room to name, with where they begin."""
    begin, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1
    room = layout.width - layout.left
    step = -(-(last - first + 1) // layout.most_years)
    for year in range(first, last + 1, step):
        day = date(year, 1, 1).toordinal() - begin
        x = layout.left + day * room // (end - begin)
        if x <= layout.width - ROOM_FOR_A_YEAR:
            yield year, x


def dot_of(
    marks: list[Mark], kind: str, x: int, y: int, urls: tuple[RecordUrl, ListUrl]
) -> Dot:
    """One mark for what would lie on top of each other.

    :param kind: what these records are called.
    """
    record_url, list_url = urls
    record_type, count = marks[0].record_type, sum(mark.count for mark in marks)
    first = min(mark.first_day for mark in marks)
    last = max(mark.last_day for mark in marks)
    record_id = marks[0].record_id if count == 1 else None
    href = record_url(record_id) if record_id else list_url(record_type, first, last)
    if count == 1:
        words = gettext("%(kind)s, %(day)s") % {
            "kind": kind,
            "day": day_in_words(first),
        }
        return Dot(record_type, x, y, 1, words, href)
    words = ngettext(
        "%(kind)s: %(count)d record from %(first)s to %(last)s",
        "%(kind)s: %(count)d records from %(first)s to %(last)s",
        count,
    ) % {
        "kind": kind,
        "count": count,
        "first": day_in_words(first, DAY),
        "last": day_in_words(last, DAY),
    }
    return Dot(record_type, x, y, count, words, href)


def rows_of(marks: list[Mark], list_url: ListUrl) -> Iterator[YearRow]:
    """How many of each kind there were in each year, the last year first."""
    counted: Counter[tuple[int, str]] = Counter()
    for mark in marks:
        counted[mark.first_day.year, mark.record_type] += mark.count
    for year in sorted({year for year, _ in counted}, reverse=True):
        begin, end = date(year, 1, 1), date(year, 12, 31)
        yield YearRow(
            year,
            [
                (counted[year, kind], list_url(kind, begin, end))
                for kind in RecordType.values
            ],
        )
