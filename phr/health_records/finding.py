"""What somebody looks for among the records they may see."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from phr.health_records.querysets import HealthRecordQuerySet


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a list of records; None where one is not set.

    :param search: words, or beginnings of words, as somebody has typed them.
    :param deleted: what one has deleted oneself, instead of what there is.
    """

    record_type: str | None = None
    patient: UUID | None = None
    visit_after: datetime | None = None
    visit_before: datetime | None = None
    search: str | None = None
    deleted: bool = False

    @property
    def given(self) -> frozenset[str]:
        """The names of the filters that are set; statements are compiled for them."""
        return frozenset(
            field.name
            for field in fields(self)
            if getattr(self, field.name) not in (None, False)
        )


# Which column each of the plain filters compares, and how.
COMPARISONS = {
    "record_type": "record_type",
    "patient": "patient_id",
    "visit_after": "visit_date__gte",
    "visit_before": "visit_date__lte",
}


def narrowed(records: HealthRecordQuerySet, wanted: Wanted) -> HealthRecordQuerySet:
    """Keep the records that the plain filters ask for; words are asked for apart."""
    values: dict[str, Any] = {
        comparison: getattr(wanted, name)
        for name, comparison in COMPARISONS.items()
        if getattr(wanted, name) is not None
    }
    return records.filter(**values)
