"""What somebody looks for among the records they may see."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from phr.health_records.querysets import HealthRecordQuerySet
from phr.health_records.visit_times import VisitDay, begins_first, ends_last


@dataclass(frozen=True, slots=True)
class RecordFilters:
    """The filters of a list of records; None where one is not set.

    :param first_day: of visits, where they were; always beside `visit_after`.
    :param last_day: of visits, where they were; always beside `visit_before`.
    :param search: words, or beginnings of words, as somebody has typed them.
    :param commented_by: the doctor who has commented on them, not privately.
    :param deleted: list the actor's deleted records instead of the others.
    """

    record_type: str | None = None
    patient: UUID | None = None
    visit_after: datetime | None = None
    visit_before: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    search: str | None = None
    commented_by: UUID | None = None
    deleted: bool = False

    @property
    def given(self) -> frozenset[str]:
        """The names of the filters that are set; statements are compiled for them."""
        return frozenset(
            field.name
            for field in fields(self)
            if getattr(self, field.name) not in (None, False)
        )


def since(edge: date | datetime | None) -> dict[str, date]:
    """Filters for visits from a day or an instant on.

    The day is compared where the visit was. That index is in the order of instants, so
    that for a day it is told the first one that may be meant as well.
    """
    match edge:
        case datetime():
            return {"visit_after": edge}
        case date():
            return {"visit_after": begins_first(edge), "first_day": edge}
    return {}


def until(edge: date | datetime | None) -> dict[str, date]:
    """Filters for visits until a day or an instant, included; as `since`."""
    match edge:
        case datetime():
            return {"visit_before": edge}
        case date():
            return {"visit_before": ends_last(edge), "last_day": edge}
    return {}


# Which column each of the plain filters compares, and how.
COMPARISONS = {
    "record_type": "record_type",
    "patient": "patient_id",
    "visit_after": "visit_date__gte",
    "visit_before": "visit_date__lte",
    "first_day": "day__gte",
    "last_day": "day__lte",
}


def filtered(
    records: HealthRecordQuerySet, filters: RecordFilters
) -> HealthRecordQuerySet:
    """Keep the records that the plain filters ask for; words are asked for apart."""
    values: dict[str, Any] = {
        comparison: getattr(filters, name)
        for name, comparison in COMPARISONS.items()
        if getattr(filters, name) is not None
    }
    if filters.first_day or filters.last_day:
        records = records.alias(day=VisitDay("visit_date", "visit_offset"))
    if filters.commented_by is not None:
        records = records.commented_on_by(filters.commented_by)
    return records.filter(**values)
