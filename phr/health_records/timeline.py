"""When somebody's records were, and of which type, as a picture needs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Max, Min, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncMonth

from phr.accounts.models import User, UserType
from phr.care.models import CareGrant, PatientProfile
from phr.core.compiled_pages import ID, READER
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.models import AccountUsage, HealthRecord
from phr.health_records.visit_times import VisitDay

MOST_SINGLE = 300  # what is more is told by month
STAND_INS = {"reader": READER, "patient": ID}
OWNER = UUID(int=3)  # stands for the patient's account


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


@dataclass(frozen=True, slots=True)
class Timeline:
    """When one patient's records were, as far as a reader may see them now.

    :param newest: kind, day and id of each, or of one more than is told apart.
    :param version: another one whenever the marks are others; "" if that is not known.
    """

    reader: User
    patient_id: UUID
    newest: list[tuple[str, date, UUID]]
    version: str

    def marks(self) -> list[Mark]:
        """The marks, the newest first; few, however many the records are."""
        if len(self.newest) <= MOST_SINGLE:
            return [Mark(kind, day, day, 1, key) for kind, day, key in self.newest]
        query = months_query(UserType(self.reader.user_type))
        months = query.rows(reader=self.reader.pk, patient=self.patient_id)
        return [
            Mark(kind, first, last, count, None) for kind, first, last, count in months
        ]


def read_timeline(
    reader: User, patient: PatientProfile, grants: Iterable[CareGrant] = ()
) -> Timeline:
    """Whoever may see nothing gets nothing.

    :param grants: by which a doctor reads, as they are now.
    """
    query = single_query(UserType(reader.user_type))
    rows = query.rows(reader=reader.pk, patient=patient.pk, owner=patient.user_id)
    newest = [row[:-1] for row in rows]
    is_whole = len(rows) <= MOST_SINGLE
    if not is_whole and rows[0][-1] is None:
        return Timeline(reader, patient.pk, newest, version="")
    # A grant that is changed, or ended and given again, is another one.
    access = [(grant.pk, grant.updated_at) for grant in grants]
    counted = rows[0][-1] if rows else None
    told = [repr((reader.pk, patient.pk, access, counted))]
    # As numbers: to write out ids and days takes longer than to read them.
    told += [f"{kind} {day.toordinal()} {key.int}" for kind, day, key in newest]
    version = sha256("\n".join(told).encode()).hexdigest()
    return Timeline(reader, patient.pk, newest, version)


@cache
def single_query(role: UserType) -> CompiledQuery:
    """The newest, one by one, each with the last transaction that counted a record.

    Of what is not among the newest that transaction tells: whatever adds, changes,
    removes or brings back a record counts it in the row of the patient's usage, one
    after the other. A time would not do: what was written first may be seen last.
    """
    usage = AccountUsage.objects.filter(user=OWNER)
    transaction = RawSQL("xmin::text", (), CharField())  # nosec B611 - a system column
    rows = (
        dated_records(role)
        .annotate(counted=Subquery(usage.values(transaction=transaction)))
        .order_by("-visit_date", "-id")
    )
    columns = rows.values_list("record_type", "day", "id", "counted")
    return CompiledQuery.of(columns[: MOST_SINGLE + 1], STAND_INS | {"owner": OWNER})


@cache
def months_query(role: UserType) -> CompiledQuery:
    months = (
        dated_records(role)
        .annotate(month=TruncMonth("day"))
        .values("record_type", "month")
        .annotate(first=Min("day"), last=Max("day"), count=Count("pk"))
        .order_by("-month", "record_type")
    )
    columns = months.values_list("record_type", "first", "last", "count")
    return CompiledQuery.of(columns, STAND_INS)


def dated_records(role: UserType) -> "QuerySet[Any, Any]":
    """What somebody in a role may see of a patient, with the `day` of the visit."""
    visible = HealthRecord.objects.visible_to(User(id=READER, user_type=role))
    dated = visible.annotate(day=VisitDay("visit_date", "visit_offset"))
    return dated.filter(patient_id=ID)


def types_of(marks: Iterable[Mark]) -> set[str]:
    return {mark.record_type for mark in marks}
