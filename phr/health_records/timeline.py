"""When somebody's records were, and of which type, as a picture needs it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, Count, Max, Min, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncMonth

from phr.accounts.models import User, UserType
from phr.care.models import CareGrant, PatientProfile
from phr.core.compiled_pages import ID, READER
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.models import AccountUsage, HealthRecord
from phr.health_records.visit_times import VisitDay

MOST_SINGLE = 300  # what is more is told by month
OWNER = UUID(int=3)  # stands for the patient's account
STAND_INS = {"reader": READER, "patient": ID, "owner": OWNER}
# Rows are put together as they come, which is in the order of what is inside.
VERSION = f"""
SELECT count(*) AS records, ({{counted}}) AS counted,
  CASE WHEN count(*) <= {MOST_SINGLE} THEN coalesce(string_agg(line, ','), '')
  ELSE encode(sha256(convert_to(string_agg(line, ','), 'UTF8')), 'hex') END AS newest
FROM (
  SELECT concat_ws(' ', record_type, to_char(day, 'YYYY-MM-DD'), id) AS line
  FROM ({{newest}}) AS record
) AS lines
"""  # noqa: S608 - made of constants  # nosec B608
MONTHS = f"""
SELECT version.*, months.* FROM ({VERSION}) AS version, ({{months}}) AS months
"""  # noqa: S608 - as above  # nosec B608


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


class Version(NamedTuple):
    """Which marks there are, without the marks.

    :param records: how many, or one more than are told apart.
    :param counted: the last transaction that counted a record of the patient. It tells
        of what is not among the newest: whatever adds, changes, removes or brings back
        a record counts it in the row of the patient's usage, one after the other. A
        time would not do: what was written first may be seen last.
    :param newest: kind, day and id of each of these records, or a hash of all of that
        where they are too many to be told apart.
    """

    records: int
    counted: str | None
    newest: str

    @property
    def is_whole(self) -> bool:
        """Whether all records are told apart."""
        return self.records <= MOST_SINGLE

    @property
    def lines(self) -> list[str]:
        """Of all records, if they are told apart."""
        return self.newest.split(",") if self.newest else []


@dataclass(frozen=True, slots=True)
class Timeline:
    """When one patient's records were, as far as a reader may see them now.

    :param grants: by which a doctor reads, with the time of the last change of each.
    """

    reader: User
    patient: PatientProfile
    grants: list[tuple[UUID, datetime]]
    version: Version

    @property
    def is_known(self) -> bool:
        """Whether any other marks would have another name."""
        return self.version.is_whole or self.version.counted is not None

    @property
    def name(self) -> str:
        """Of these marks, for this reader."""
        # A grant that is changed, or ended and given again, is another one.
        return repr((self.reader.pk, self.patient.pk, self.grants, *self.version))

    def with_marks(self) -> "tuple[Timeline, list[Mark]]":
        """The marks, few however many the records are, and of which version they are.

        Both from one statement: the version may be another one by now.
        """
        if self.version.is_whole:
            return self, [single_mark(line) for line in self.version.lines]
        query = months_query(UserType(self.reader.user_type))
        rows = query.rows(**values_of(self.reader, self.patient))
        if not rows:
            return self, []
        of_version = len(Version._fields)
        found = replace(self, version=Version(*rows[0][:of_version]))
        marks = (row[of_version:] for row in rows)
        return found, [
            Mark(kind, first, last, count, None) for kind, first, last, count in marks
        ]


def single_mark(line: str) -> Mark:
    kind, on, record_id = line.split(" ")
    day = date.fromisoformat(on)
    return Mark(kind, day, day, 1, UUID(record_id))


def read_timeline(
    reader: User, patient: PatientProfile, grants: Iterable[CareGrant] = ()
) -> Timeline:
    """Whoever may see nothing gets nothing.

    :param grants: by which a doctor reads, as they are now.
    """
    query = version_query(UserType(reader.user_type))
    (version,) = query.rows(**values_of(reader, patient))
    access = [(grant.pk, grant.updated_at) for grant in grants]
    return Timeline(reader, patient, access, Version(*version))


def values_of(reader: User, patient: PatientProfile) -> dict[str, UUID]:
    return {"reader": reader.pk, "patient": patient.pk, "owner": patient.user_id}


@cache
def version_query(role: UserType) -> CompiledQuery:
    return CompiledQuery.joined(VERSION, parts_of_version(role), STAND_INS)


@cache
def months_query(role: UserType) -> CompiledQuery:
    months = (
        dated_records(role)
        .annotate(month=TruncMonth("day"))
        .values("record_type", "month")
        .annotate(first=Min("day"), last=Max("day"), count=Count("pk"))
    )
    marks = months.values_list("record_type", "first", "last", "count")
    querysets = parts_of_version(role) | {"months": marks}
    return CompiledQuery.joined(MONTHS, querysets, STAND_INS)


def parts_of_version(role: UserType) -> "dict[str, QuerySet[Any, Any]]":
    transaction = RawSQL("xmin::text", (), CharField())  # nosec B611 - a system column
    counted = AccountUsage.objects.filter(user=OWNER).values_list(transaction)
    return {"counted": counted, "newest": newest(role)}


def newest(role: UserType) -> "QuerySet[Any, Any]":
    rows = dated_records(role).order_by("-visit_date", "-id")
    return rows.values_list("record_type", "day", "id")[: MOST_SINGLE + 1]


def dated_records(role: UserType) -> "QuerySet[Any, Any]":
    """What somebody in a role may see of a patient, with the `day` of the visit."""
    visible = HealthRecord.objects.visible_to(User(id=READER, user_type=role))
    dated = visible.annotate(day=VisitDay("visit_date", "visit_offset"))
    return dated.filter(patient_id=ID)
