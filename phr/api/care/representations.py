"""The directory and assignments as JSON."""

from datetime import date
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from django.utils.translation import gettext

from phr.accounts.models import User, UserType
from phr.api.accounts.representations import (
    BloodTypeOrBlank,
    DoctorJson,
    NameJson,
    represent_doctor,
    represent_doctor_columns,
    represent_reachable_user,
)
from phr.api.answer_types import Email
from phr.api.grants.representations import GrantJson, represent_grant
from phr.care.doctor_directory import DoctorRow
from phr.care.models import CareGrant
from phr.care.profiles import VisibleParts


class AssignedUserJson(NameJson):
    """The patient's account; more than the name only for staff who may see people."""

    username: NotRequired[str]
    email: NotRequired[Email]
    user_type: NotRequired[Annotated[str, UserType]]
    phone_number: NotRequired[str]
    date_of_birth: NotRequired[date | None]


class AssignedPatientJson(TypedDict):
    """A patient; what is clinical is shown to doctors only, not to staff."""

    id: UUID
    user: AssignedUserJson
    emergency_contact: NotRequired[str]
    blood_type: NotRequired[BloodTypeOrBlank]
    allergies: NotRequired[str]
    assigned_doctor: DoctorJson | None


class AssignedJson(TypedDict):
    """A patient, now in somebody's care."""

    message: str
    patient: AssignedPatientJson


class RequestedJson(TypedDict):
    """A grant that waits for the patient."""

    message: str
    grant: GrantJson


def represent_requested(grant: CareGrant, reader: User) -> RequestedJson:
    return {
        "message": gettext("The patient was asked."),
        "grant": represent_grant(grant, reader),
    }


def represent_assigned(grant: CareGrant, parts: VisibleParts) -> AssignedJson:
    """:param parts: what the reader sees of the patient."""
    patient, person = grant.patient, grant.patient.user
    user: AssignedUserJson = {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
    }
    if parts.account:
        user = {**represent_reachable_user(person)}
    shown: AssignedPatientJson = {
        "id": patient.id,
        "user": user,
        "assigned_doctor": represent_doctor(grant.doctor),
    }
    if parts.contact:
        shown["emergency_contact"] = patient.emergency_contact
    if parts.clinical:
        shown["blood_type"] = patient.blood_type
        shown["allergies"] = patient.allergies
    return {"message": gettext("The doctor is assigned."), "patient": shown}


def represent_listed_doctor(
    row: DoctorRow, reader: User, *, licensed: bool
) -> DoctorJson:
    """A doctor as others see them; to themselves with the licence.

    :param licensed: whether the reader sees everybody's licence.
    """
    doctor = represent_doctor_columns(row[:8])
    if licensed or row.user__id == reader.pk:
        doctor["license_number"] = row.license_number
    return doctor
