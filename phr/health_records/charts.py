"""A patient's chart, as a doctor in whose care they are sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from phr.accounts.models import User, UserType
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, PatientProfile
from phr.core.keyset_pagination import Page
from phr.health_records.record_rows import RecordRow
from phr.health_records.timeline import Mark

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
    :param marks: when all of these were.
    """

    care: PatientInCare
    records: Page[RecordRow]
    marks: list[Mark]


def fetch_care(reader: User, patient_id: UUID, at: datetime) -> PatientInCare | None:
    """Who one patient is, if an open grant lets the reader in."""
    if reader.user_type != UserType.DOCTOR:
        return None
    grants = CareGrant.objects.open_to(reader).filter(patient_id=patient_id)
    looks = AccessEntry.objects.charts_opened_by(reader.pk).filter(
        patient_id=OuterRef("patient_id"), at__lt=at - ONE_VISIT
    )
    last = Subquery(looks.order_by("-at").values("at")[:1])
    named: QuerySet[Any] = grants.select_related("patient__user").annotate(
        looked_at=last
    )
    found = list(named.order_by("pk"))
    if not found:
        return None
    return PatientInCare(found[0].patient, found, found[0].looked_at)
