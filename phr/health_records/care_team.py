"""How much of a patient's records each doctor's grant opens, by type of record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Count, F

from phr.accounts.models import User, UserType
from phr.care.closed_grants import why_closed
from phr.care.models import CareGrant
from phr.core.compiled_pages import READER
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.grant_preview import COVERS_TYPE, COVERS_VISIT
from phr.health_records.models import HealthRecord
from phr.health_records.querysets import HealthRecordQuerySet

Counts = Mapping[str, int]
IDS = [UUID(int=3)]  # stand for those of some grants or records


@dataclass(frozen=True, slots=True)
class Seen:
    """What one grant opens.

    :param closed: a key of `CLOSED`: why it opens nothing now; else empty.
    :param by_type: how many records of each type; types of which there are none are
        left out.
    """

    grant: CareGrant
    closed: str
    by_type: Counts

    @property
    def count(self) -> int:
        return sum(self.by_type.values())


@dataclass(frozen=True, slots=True)
class CareTeam:
    """Who sees how much.

    :param totals: how many records of each type the patient has.
    """

    members: list[Seen]
    totals: Counts

    @property
    def total(self) -> int:
        return sum(self.totals.values())


def count_seen(reader: User, grants: Iterable[CareGrant], at: datetime) -> CareTeam:
    """Count what some of a patient's own grants open, in two statements.

    :param reader: the patient.
    :param grants: the reader's, each with its doctor.
    """
    found = list(grants)
    closed = {grant.pk: why_closed(grant, at) for grant in found}
    totals = count_by_type(reader)
    narrowed = [grant.pk for grant in found if not closed[grant.pk] and is_part(grant)]
    parts = count_parts(reader, narrowed) if narrowed else {}

    def by_type(grant: CareGrant) -> Counts:
        if closed[grant.pk]:
            return {}
        return parts.get(grant.pk, {}) if is_part(grant) else totals

    members = [Seen(grant, closed[grant.pk], by_type(grant)) for grant in found]
    return CareTeam(members, totals)


def is_part(grant: CareGrant) -> bool:
    return bool(grant.record_types) or grant.records_since is not None


def count_by_type(reader: User) -> Counts:
    return dict(totals_query().rows(reader=reader.pk))


@cache
def totals_query() -> CompiledQuery:
    counted = own_records().values_list("record_type").annotate(Count("pk"))
    return CompiledQuery.of(counted.order_by("record_type"), {"reader": READER})


def count_parts(reader: User, grant_ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """For each of some grants, how many of the reader's records of each type."""
    parts: dict[UUID, dict[str, int]] = {}
    rows = parts_query().rows(reader=reader.pk, ids=grant_ids)
    for grant_id, record_type, count in rows:
        parts.setdefault(grant_id, {})[record_type] = count
    return parts


@cache
def parts_query() -> CompiledQuery:
    own = own_records().annotate(
        opener=F("patient__care_grants__pk"),
        record_types=F("patient__care_grants__record_types"),
        records_since=F("patient__care_grants__records_since"),
    )
    covered = own.filter(COVERS_TYPE, COVERS_VISIT, opener__any_of=IDS)
    rows = covered.values_list("opener", "record_type").annotate(Count("pk"))
    in_order = rows.order_by("opener", "record_type")
    return CompiledQuery.of(in_order, {"reader": READER, "ids": IDS})


def titles_of(reader: User, record_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The titles of a patient's own records, for what is told about them.

    :param reader: nobody but a patient gets any: others' reading is entered.
    """
    if reader.user_type != UserType.PATIENT:
        return {}
    return dict(titles_query().rows(reader=reader.pk, ids=list(set(record_ids))))


@cache
def titles_query() -> CompiledQuery:
    titles = own_records().filter(pk__any_of=IDS).values_list("pk", "title")
    return CompiledQuery.of(titles, {"reader": READER, "ids": IDS})


def own_records() -> HealthRecordQuerySet:
    """What a patient sees, in a statement that is being built."""
    return HealthRecord.objects.visible_to(User(id=READER, user_type=UserType.PATIENT))
