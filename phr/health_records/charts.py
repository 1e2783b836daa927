"""A patient's chart, as a doctor in whose care they are sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.db.models import OuterRef, Subquery

from phr.accounts.models import User, UserType
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, PatientProfile
from phr.core.compiled_instances import SEARCHED, columns, take
from phr.core.compiled_pages import ID, PLACE, READER, TIME
from phr.core.compiled_queries import CompiledQuery
from phr.core.keyset_pagination import Page
from phr.health_records.record_rows import RecordRow
from phr.health_records.timeline import Timeline

# Looks at a chart within so long are one: what was new stays marked meanwhile.
ONE_VISIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class PatientInCare:
    """Who a patient is, and by what a doctor sees it.

    :param grants: the open ones, at least one.
    :param looked_at: when the doctor has opened the chart before this visit.
    """

    patient: PatientProfile
    grants: list[CareGrant]
    looked_at: datetime | None

    @property
    def is_primary(self) -> bool:
        """Whether the doctor is the patient's primary one, and may hand over."""
        return any(grant.is_primary for grant in self.grants)

    def is_new(self, at: datetime) -> bool:
        """Whether something is from after the last visit, if there was one."""
        return self.looked_at is not None and at > self.looked_at


@dataclass(frozen=True, slots=True)
class Chart:
    """What a doctor has before them on one screen.

    :param records: a page of those that the doctor may see.
    :param timeline: when all of these were.
    """

    care: PatientInCare
    records: Page[RecordRow]
    timeline: Timeline


def fetch_care(reader: User, patient_id: UUID, at: datetime) -> PatientInCare | None:
    """Who one patient is, if an open grant lets the reader in."""
    if reader.user_type != UserType.DOCTOR:
        return None
    asked = {"reader": reader.pk, "id": patient_id, "time": at - ONE_VISIT}
    rows = care_query().rows(**asked)
    if not rows:
        return None
    grants = [take(CareGrant, iter(row)) for row in rows]
    rest = iter(rows[0][len(columns(CareGrant)) :])
    patient: PatientProfile = take(PatientProfile, rest)
    patient.user = take(User, rest, SEARCHED)
    return PatientInCare(patient, grants, looked_at=next(rest))


@cache
def care_query() -> CompiledQuery:
    """The grants, each with the patient and the last look."""
    reader = User(id=READER, user_type=UserType.DOCTOR)
    grants = CareGrant.objects.open_to(reader).filter(patient_id=ID).order_by("pk")
    looks = AccessEntry.objects.charts_opened_by(READER).filter(
        patient_id=OuterRef("patient_id"), at__lt=TIME
    )
    rows = grants.values_list(
        *columns(CareGrant),
        *(f"patient__{name}" for name in columns(PatientProfile)),
        *(f"patient__user__{name}" for name in columns(User, SEARCHED)),
        Subquery(looks.order_by("-at").values("at")[:1]),
    )
    return CompiledQuery.of(rows, {"reader": READER} | PLACE)
