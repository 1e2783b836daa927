"""All that the demo has written, for those who tell what happened to it."""

from dataclasses import dataclass
from datetime import datetime

from demo.grants import Care
from phr.accounts.models import User
from phr.care.choices import RecordType
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.health_records.models import DoctorComment, HealthRecord

Users = dict[str, User]
Doctors = dict[str, DoctorProfile]
Patients = dict[str, PatientProfile]
Row = HealthRecord | DoctorComment


@dataclass(frozen=True, slots=True)
class Corrected:
    """A record or comment that was changed, when, by whom, and into which version."""

    row: Row
    at: datetime
    actor: User
    version: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the demo.

    :param grants: each with what it was made from.
    """

    users: Users
    doctors: Doctors
    patients: Patients
    verifications: list[DoctorVerification]
    grants: list[tuple[Care, CareGrant]]
    emergencies: list[EmergencyAccess]
    records: list[HealthRecord]
    comments: list[DoctorComment]
    corrected: list[Corrected]

    def grant_then(
        self, doctor: DoctorProfile, record: HealthRecord, at: datetime
    ) -> CareGrant | None:
        """The grant that opened a record to a doctor at that time, if one did."""
        for _, grant in self.grants:
            if grant.doctor_id == doctor.pk and opened(grant, record, at):
                return grant
        return None

    def seen_then(
        self, doctor: DoctorProfile, patient: PatientProfile, at: datetime
    ) -> list[HealthRecord]:
        """What a doctor would have found of a patient's records then, newest first."""
        found = [
            record
            for record in self.records
            if record.patient_id == patient.pk
            and record.created_at < at
            and self.grant_then(doctor, record, at)
        ]
        return sorted(found, key=lambda record: record.visit_date, reverse=True)


def opened(grant: CareGrant, record: HealthRecord, at: datetime) -> bool:
    since = grant.records_since
    return (
        grant.patient_id == record.patient_id
        and was_open(grant, at)
        and RecordType(record.record_type) in (grant.record_types or RecordType)
        and (since is None or record.visit_day >= since)
    )


def was_open(grant: CareGrant, at: datetime) -> bool:
    """Whether a grant let the doctor in at a time, as far as the demo knows it."""
    ends = (grant.ended_at, grant.expires_at)
    begun = grant.was_open and grant.starts_at <= at
    return begun and all(end is None or at < end for end in ends)
