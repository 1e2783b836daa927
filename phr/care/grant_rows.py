"""Grants with their doctors, by statements that are compiled once."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

from phr.accounts.models import User, UserType
from phr.accounts.stand_ins import stand_in_patient
from phr.care.models import CareGrant, DoctorProfile
from phr.core.compiled_instances import SEARCHED, columns, take
from phr.core.compiled_pages import ID
from phr.core.compiled_queries import CompiledQuery

IDS = [UUID(int=3)]  # stand for those of some grants


def grant_columns() -> list[str]:
    """The columns that `take_grant` takes."""
    return [
        *columns(CareGrant),
        *(f"doctor__{name}" for name in columns(DoctorProfile, SEARCHED)),
        *(f"doctor__user__{name}" for name in columns(User, SEARCHED)),
    ]


def take_grant(row: Iterator[Any]) -> CareGrant:
    """Make a grant with its doctor of the next columns of a row."""
    grant: CareGrant = take(CareGrant, row)
    grant.doctor = take(DoctorProfile, row, SEARCHED)
    grant.doctor.user = take(User, row, SEARCHED)
    return grant


def own_grants(reader: User, grant_ids: Iterable[UUID]) -> dict[UUID, CareGrant]:
    """Those of some grants that are a patient's own, each with its doctor.

    :param reader: nobody but a patient gets any.
    """
    if reader.user_type != UserType.PATIENT:
        return {}
    patient = reader.patient_profile.pk
    rows = own_query().rows(patient=patient, ids=list(set(grant_ids)))
    grants = [take_grant(iter(row)) for row in rows]
    return {grant.pk: grant for grant in grants}


@cache
def own_query() -> CompiledQuery:
    mine = CareGrant.objects.visible_to(stand_in_patient()).filter(pk__any_of=IDS)
    rows = mine.values_list(*grant_columns())
    return CompiledQuery.of(rows, {"patient": ID, "ids": IDS})
