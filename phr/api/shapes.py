"""The common objects of the API's answers (DESIGN, section 8), from loaded rows.

Plain functions instead of serializers: a page of 20 records has some 160 nested
objects, and building them this way takes a fraction of the time.
"""

from collections.abc import Iterable
from typing import Any

from phr.accounts.models import User
from phr.accounts.tokens import Tokens
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification

Shape = dict[str, Any]


def user_shape(user: User) -> Shape:
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "user_type": user.user_type,
    }


def own_user_shape(user: User) -> Shape:
    """What somebody sees of themselves, and a doctor of a patient in their care."""
    return user_shape(user) | {
        "phone_number": user.phone_number,
        "date_of_birth": user.date_of_birth,
    }


def tokens_shape(tokens: Tokens) -> Shape:
    return {"access": tokens.access, "refresh": tokens.refresh}


def doctor_shape(doctor: DoctorProfile) -> Shape:
    """A doctor as others see them: neither e-mail nor phone nor licence number."""
    user = doctor.user
    return {
        "id": doctor.id,
        "user": {
            "id": user.id,
            "first_name": user.first_name,
            "last_name": user.last_name,
        },
        "specialization": doctor.specialization,
        "years_of_experience": doctor.years_of_experience,
        "is_verified": doctor.is_verified,
    }


def licensed_doctor_shape(doctor: DoctorProfile) -> Shape:
    """A doctor as staff see them."""
    return doctor_shape(doctor) | {"license_number": doctor.license_number}


def own_doctor_shape(doctor: DoctorProfile) -> Shape:
    return licensed_doctor_shape(doctor) | {"user": own_user_shape(doctor.user)}


def patient_shape(patient: PatientProfile, assigned: DoctorProfile | None) -> Shape:
    return {
        "id": patient.id,
        "user": own_user_shape(patient.user),
        "emergency_contact": patient.emergency_contact,
        "blood_type": patient.blood_type,
        "allergies": patient.allergies,
        "assigned_doctor": doctor_shape(assigned) if assigned else None,
    }


def grant_shape(grant: CareGrant) -> Shape:
    return {
        "id": grant.id,
        "patient": grant.patient_id,
        "doctor": grant.doctor_id,
        "status": grant.status,
        "origin": grant.origin,
        "is_primary": grant.is_primary,
        "record_types": grant.record_types,
        "records_since": grant.records_since,
        "starts_at": grant.starts_at,
        "expires_at": grant.expires_at,
    }


def my_patient_shape(patient: Any) -> Shape:
    return {
        "id": patient.id,
        "name": patient.user.get_full_name(),
        "email": patient.user.email,
        "phone": patient.user.phone_number,
        "blood_type": patient.blood_type,
        "total_records": patient.total_records,
        "last_visit": patient.last_visit,
    }


def comment_shape(comment: DoctorComment) -> Shape:
    return {
        "id": comment.id,
        "comment": comment.comment,
        "is_private": comment.is_private,
        "doctor": doctor_shape(comment.doctor),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
    }


def record_shape(record: HealthRecord, comments: Iterable[DoctorComment]) -> Shape:
    return {
        "id": record.id,
        "patient": record.patient_id,
        "record_type": record.record_type,
        "title": record.title,
        "description": record.description,
        "symptoms": record.symptoms,
        "diagnosis": record.diagnosis,
        "treatment": record.treatment,
        "medications": record.medications,
        "visit_date": record.visit_date,
        "created_by": user_shape(record.created_by),
        "version": record.version,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "doctor_comments": [comment_shape(comment) for comment in comments],
    }


def notification_shape(notification: Notification) -> Shape:
    return {
        "id": notification.id,
        "notification_type": notification.notification_type,
        "title": notification.title,
        "message": notification.message,
        "is_read": notification.is_read,
        "created_at": notification.created_at,
    }
