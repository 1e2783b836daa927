"""The directory as JSON, from rows."""

from phr.accounts.models import User
from phr.api.json import JsonObject
from phr.care.doctor_directory import DoctorRow
from phr.care.models import is_in_force


def represent_listed_doctor(
    row: DoctorRow, reader: User, *, licensed: bool
) -> JsonObject:
    """A doctor as others see them; to themselves with the licence.

    :param licensed: whether the reader sees everybody's licence.
    """
    doctor = {
        "id": row.id,
        "user": {
            "id": row.user__id,
            "first_name": row.user__first_name,
            "last_name": row.user__last_name,
        },
        "specialization": row.specialization,
        "years_of_experience": row.years_of_experience,
        "is_verified": is_in_force(row.verified_at, row.verified_until),
    }
    if licensed or row.user__id == reader.pk:
        doctor["license_number"] = row.license_number
    return doctor
