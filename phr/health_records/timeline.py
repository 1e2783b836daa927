"""When somebody's records were, and of which type, as a picture needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Min
from django.db.models.functions import TruncMonth

from phr.health_records.querysets import HealthRecordQuerySet
from phr.health_records.visit_times import VisitDay

MOST_SINGLE = 300  # what is more is told by month


@dataclass(frozen=True, slots=True)
class Mark:
    """One record, or those of one type in one month.

    :param first_day: of the visits, where they were; `last_day` is the same for one.
    :param record_id: of the one record; None for several.
    """

    record_type: str
    first_day: date
    last_day: date
    count: int
    record_id: UUID | None


def fetch_marks(records: HealthRecordQuerySet) -> list[Mark]:
    """The marks of some records, the newest first; few, however many the records are.

    :param records: those of one patient that the reader may see.
    """
    dated = records.annotate(day=VisitDay("visit_date", "visit_offset"))
    single = dated.order_by("-visit_date", "-id").values_list(
        "record_type", "day", "id"
    )
    found = list(single[: MOST_SINGLE + 1])
    if len(found) > MOST_SINGLE:
        return fetch_months(dated)
    return [Mark(kind, day, day, 1, record_id) for kind, day, record_id in found]


def fetch_months(dated: HealthRecordQuerySet) -> list[Mark]:
    """:param dated: with the `day` of the visit."""
    months = (
        dated.annotate(month=TruncMonth("day"))
        .values("record_type", "month")
        .annotate(first=Min("day"), last=Max("day"), count=Count("pk"))
        .order_by("-month", "record_type")
    )
    columns = months.values_list("record_type", "first", "last", "count")
    return [Mark(*row, None) for row in columns]


def types_of(marks: Iterable[Mark]) -> set[str]:
    return {mark.record_type for mark in marks}
