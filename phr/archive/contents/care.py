"""Who was let in: grants, emergency accesses, doctors, and people by name."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from phr.accounts.models import User
from phr.archive.contents.records import Records, Rows
from phr.archive.formats import newest
from phr.care.models import CareGrant, DoctorProfile, EmergencyAccess

Shape = dict[str, Any]

# How an archive calls the columns that point at somebody.
GRANT_PEOPLE = ("patient", "doctor", "requested_by", "decided_by", "ended_by")
GRANT = newest.Grant.names(*GRANT_PEOPLE, "emergency")
EMERGENCY = newest.Emergency.names("reviewed_by")
PERSON = newest.Person.names()
DOCTOR = newest.Doctor.names("user")


def care_part(user: User, records: Records) -> Shape:
    """Grants with their whole history, and everybody who is named in the archive."""
    database = records.database
    granted = CareGrant.objects.using(database).visible_to(user)
    grants = list(granted.order_by("pk"))
    emergencies = {
        emergency.grant_id: emergency
        for emergency in EmergencyAccess.objects.using(database).visible_to(user)
    }
    named = people_named(grants, emergencies.values(), records)
    doctors = doctors_of(grants, records, named)
    others = named | {doctor.user_id for doctor in doctors}
    ids = others - {None, user.pk}
    people = User.objects.using(database).filter(pk__in=ids).order_by("pk")
    return {
        "part": "care",
        "people": list(people.values(*PERSON)),
        "doctors": [doctor_shape(doctor) for doctor in doctors],
        "grants": [grant_shape(grant, emergencies.get(grant.pk)) for grant in grants],
    }


def grant_shape(grant: CareGrant, emergency: EmergencyAccess | None) -> Shape:
    shape = {name: getattr(grant, name) for name in GRANT}
    shape |= {name: getattr(grant, f"{name}_id") for name in GRANT_PEOPLE}
    return shape | {"emergency": emergency and emergency_shape(emergency)}


def emergency_shape(emergency: EmergencyAccess) -> Shape:
    """Without the reviewer's note, which is for staff."""
    shape = {name: getattr(emergency, name) for name in EMERGENCY}
    return shape | {"reviewed_by": emergency.reviewed_by_id}


def doctor_shape(doctor: DoctorProfile) -> Shape:
    """As patients see a doctor: no e-mail, no phone, no licence number."""
    told = {name: getattr(doctor, name) for name in DOCTOR}
    return {"id": doctor.pk, "user": doctor.user_id} | told


def doctors_of(
    grants: Iterable[CareGrant], records: Records, named: set[Any]
) -> list[DoctorProfile]:
    ids = {grant.doctor_id for grant in grants}
    ids |= different(records.comments(), "doctor_id")
    ids |= different(records.comment_versions(), "doctor_id")
    doctors = DoctorProfile.objects.using(records.database)
    found = doctors.filter(Q(pk__in=ids) | Q(user__in=named))
    return list(found.order_by("pk"))


def people_named(
    grants: Iterable[CareGrant],
    emergencies: Iterable[EmergencyAccess],
    records: Records,
) -> set[Any]:
    """The ids of those who have asked, decided, written or changed something."""
    ids: set[Any] = set()
    for grant in grants:
        ids |= {grant.requested_by_id, grant.decided_by_id, grant.ended_by_id}
    ids |= {emergency.reviewed_by_id for emergency in emergencies}
    ids |= different(records.records(), "created_by_id")
    for versions in (records.versions(), records.comment_versions()):
        ids |= set(map(uuid_of, different(changers(versions), "changer")))
    return ids - {None}


def changers(versions: Rows) -> Rows:
    told: Rows = versions.annotate(changer=KeyTextTransform("user", "pgh_context"))
    return told


def different(rows: Rows, column: str) -> set[Any]:
    return set(rows.order_by().values_list(column, flat=True).distinct())


def uuid_of(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
