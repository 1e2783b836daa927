"""Writing the demo's licences, grants and emergencies."""

from datetime import date, datetime

from demo.grants import GRANTS, Care
from demo.ids import demo_id
from demo.licenses import AUTHORITY, LICENSES, License
from demo.people import ADMINISTRATOR
from demo.rows import Doctors, Patients, Users
from demo.stories.shape import moment
from phr.care.choices import GrantStatus, VerificationStatus
from phr.care.models import (
    CareGrant,
    DoctorVerification,
    EmergencyAccess,
)

Granted = list[tuple[Care, CareGrant]]


def moment_if_any(text: str | None) -> datetime | None:
    return moment(text) if text else None


def load_licenses(users: Users, doctors: Doctors) -> list[DoctorVerification]:
    """Store what doctors have handed in, and let the verified ones be so."""
    verifications = [
        new_verification(license_, users, doctors) for license_ in LICENSES
    ]
    for verification in verifications:
        verification.note_search_text()
        if verification.status == VerificationStatus.VERIFIED:
            doctor = verification.doctor
            doctor.verified_at = verification.decided_at
            doctor.verified_by = verification.decided_by
            doctor.verified_until = verification.valid_until
            doctor.save()
    return DoctorVerification.objects.bulk_create(verifications)


def new_verification(
    license_: License, users: Users, doctors: Doctors
) -> DoctorVerification:
    at, doctor = moment(license_.handed_in), doctors[license_.doctor]
    return DoctorVerification(
        id=demo_id(f"license of {license_.doctor}", at),
        created_at=at,
        doctor=doctor,
        first_name=doctor.user.first_name,
        last_name=doctor.user.last_name,
        specialization=doctor.specialization,
        license_number=doctor.license_number,
        authority=AUTHORITY,
        document_reference=license_.document_reference,
        status=license_.status,
        valid_until=moment_if_any(license_.valid_until),
        decided_by=users[ADMINISTRATOR.username] if license_.decided else None,
        decided_at=moment_if_any(license_.decided),
        reason=license_.reason,
    )


def load_grants(users: Users, doctors: Doctors, patients: Patients) -> Granted:
    granted = [(care, new_grant(care, users, doctors, patients)) for care in GRANTS]
    CareGrant.objects.bulk_create([grant for _, grant in granted])
    return granted


def new_grant(
    care: Care, users: Users, doctors: Doctors, patients: Patients
) -> CareGrant:
    asked, since = moment(care.asked), care.records_since
    was_let_in = care.status not in (GrantStatus.PENDING, GrantStatus.DECLINED)
    decided_at = moment(care.answered or care.asked) if care.decided_by else None
    return CareGrant(
        id=demo_id(f"grant {care.patient} {care.doctor}", asked),
        created_at=asked,
        patient=patients[care.patient],
        doctor=doctors[care.doctor],
        status=care.status,
        origin=care.origin,
        is_primary=care.is_primary,
        record_types=list(care.record_types),
        records_since=date.fromisoformat(since) if since else None,
        starts_at=decided_at if was_let_in and decided_at else asked,
        expires_at=moment_if_any(care.expires),
        requested_by=users[care.asked_by],
        requested_at=asked,
        decided_by=users[care.decided_by] if care.decided_by else None,
        decided_at=decided_at,
        ended_by=users[care.ended_by] if care.ended_by else None,
        ended_at=moment_if_any(care.ended),
        reason=care.reason,
        decision_reason=care.decision_reason,
        end_reason=care.end_reason,
    )


def load_emergencies(users: Users, granted: Granted) -> list[EmergencyAccess]:
    emergencies = []
    for care, grant in granted:
        if care.emergency is None:
            continue
        told = care.emergency
        emergency = EmergencyAccess(
            id=demo_id(f"emergency {care.patient} {care.doctor}", grant.created_at),
            created_at=grant.created_at,
            grant=grant,
            reason_code=told.reason_code,
            verdict=told.verdict or "",
            reviewed_by=users[ADMINISTRATOR.username] if told.reviewed else None,
            reviewed_at=moment_if_any(told.reviewed),
            review_note=told.review_note,
        )
        emergencies.append(emergency)
    return EmergencyAccess.objects.bulk_create(emergencies)
