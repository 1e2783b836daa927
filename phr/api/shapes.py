"""The common objects of the API's answers (DESIGN, section 8), from loaded rows.

Plain functions instead of serializers: a page of 20 records has some 160 nested
objects, and building them this way takes a fraction of the time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from phr.accounts.models import User, UserType
from phr.accounts.names import full_name
from phr.accounts.rights import Right, has_right
from phr.accounts.tokens import Tokens
from phr.care.choices import OPEN
from phr.care.models import CareGrant, DoctorProfile, PatientProfile, is_in_force
from phr.health_records.explaining import Explanation
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.my_patients import MyPatientRow
from phr.health_records.preview import Preview, why_closed
from phr.health_records.rows import CommentRow, RecordRow, read_comments
from phr.health_records.visits import own_time
from phr.notifications.rows import NotificationRow

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


def name_shape(user: User) -> Shape:
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
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
        "user": name_shape(user),
        "specialization": doctor.specialization,
        "years_of_experience": doctor.years_of_experience,
        "is_verified": doctor.is_verified,
    }


def licensed_doctor_shape(doctor: DoctorProfile) -> Shape:
    """A doctor as staff see them."""
    return doctor_shape(doctor) | {"license_number": doctor.license_number}


def own_doctor_shape(doctor: DoctorProfile) -> Shape:
    return licensed_doctor_shape(doctor) | {
        "user": own_user_shape(doctor.user),
        "verified_until": doctor.verified_until,
    }


def patient_shape(patient: PatientProfile, assigned: DoctorProfile | None) -> Shape:
    return {
        "id": patient.id,
        "user": own_user_shape(patient.user),
        "emergency_contact": patient.emergency_contact,
        "blood_type": patient.blood_type,
        "allergies": patient.allergies,
        "assigned_doctor": doctor_shape(assigned) if assigned else None,
    }


def patient_shape_for(
    staff: User, patient: PatientProfile, assigned: DoctorProfile | None
) -> Shape:
    """A patient as staff see them: nothing clinical, and beyond the name only what
    they might look up in the admin site, too."""
    shape = {
        "id": patient.id,
        "user": name_shape(patient.user),
        "assigned_doctor": doctor_shape(assigned) if assigned else None,
    }
    if has_right(staff, Right.SEE_PEOPLE):
        shape["user"] = own_user_shape(patient.user)
    if has_right(staff, Right.SEE_PATIENTS):
        shape["emergency_contact"] = patient.emergency_contact
    return shape


def grant_shape(grant: CareGrant, reader: User) -> Shape:
    """A grant as one of its sides, or staff, see it.

    A doctor reads the patient's name only while the grant is open: anybody may ask
    anybody for access, and what has ended opens nothing. Staff do not read the reasons,
    in which patient and doctor speak to each other.
    """
    now = timezone.now()
    state = grant.state(now)
    named = reader.user_type != UserType.DOCTOR or not why_closed(grant, now)
    shape = {
        "id": grant.id,
        "patient": {
            "id": grant.patient_id,
            "user": name_shape(grant.patient.user) if named else None,
        },
        "doctor": doctor_shape(grant.doctor),
        "status": state,
        "origin": grant.origin,
        "is_primary": grant.is_primary and state in OPEN,
        "record_types": grant.record_types,
        "records_since": grant.records_since,
        "starts_at": grant.starts_at,
        "expires_at": grant.expires_at,
        "requested_at": grant.requested_at,
        "decided_at": grant.decided_at,
        "ended_at": grant.ended_at,
    }
    if reader.user_type == UserType.ADMIN:
        return shape
    return shape | {
        "reason": grant.reason,
        "decision_reason": grant.decision_reason,
        "end_reason": grant.end_reason,
    }


def preview_shape(found: Preview) -> Shape:
    return {
        "visible": found.visible,
        "total": found.total,
        "hidden": {
            "closed": found.closed or None,
            "other_types": found.other_types,
            "earlier_visits": found.earlier_visits,
        },
        "because": found.because,
    }


def record_summary_shape(record: HealthRecord) -> Shape:
    return {
        "id": record.id,
        "record_type": record.record_type,
        "title": record.title,
        "visit_date": record.visit,
    }


def explanation_shape(found: Explanation, reader: User) -> Shape:
    return {
        "doctor": found.doctor.id,
        "record": found.record_id,
        "can_see": found.can_see,
        "code": found.code,
        "sentence": found.sentence,
        "grant": grant_shape(found.grant, reader) if found.grant else None,
    }


def my_patient_shape(patient: MyPatientRow) -> Shape:
    last = patient.last_visit
    name = full_name(patient.user__first_name, patient.user__last_name)
    return {
        "id": patient.id,
        "name": name or patient.user__username,
        "email": patient.user__email,
        "phone": patient.user__phone_number,
        "blood_type": patient.blood_type,
        "total_records": patient.total_records,
        "last_visit": last and own_time(last, patient.last_visit_offset),
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


def comment_row_shape(row: CommentRow) -> Shape:
    """As `comment_shape`, from a row."""
    return {
        "id": row.id,
        "comment": row.comment,
        "is_private": row.is_private,
        "doctor": {
            "id": row.doctor__id,
            "user": {
                "id": row.doctor__user__id,
                "first_name": row.doctor__user__first_name,
                "last_name": row.doctor__user__last_name,
            },
            "specialization": row.doctor__specialization,
            "years_of_experience": row.doctor__years_of_experience,
            "is_verified": is_in_force(
                row.doctor__verified_at, row.doctor__verified_until
            ),
        },
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def record_shape(row: RecordRow, comments: Iterable[CommentRow]) -> Shape:
    return {
        "id": row.id,
        "patient": row.patient_id,
        "record_type": row.record_type,
        "title": row.title,
        "description": row.description,
        "symptoms": row.symptoms,
        "diagnosis": row.diagnosis,
        "treatment": row.treatment,
        "medications": row.medications,
        "visit_date": own_time(row.visit_date, row.visit_offset),
        "created_by": {
            "id": row.created_by__id,
            "username": row.created_by__username,
            "email": row.created_by__email,
            "first_name": row.created_by__first_name,
            "last_name": row.created_by__last_name,
            "user_type": row.created_by__user_type,
        },
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "doctor_comments": [comment_row_shape(comment) for comment in comments],
    }


def record_shapes(rows: Sequence[RecordRow], reader: User) -> list[Shape]:
    """Records with the comments that the reader may see, newest first."""
    comments = read_comments(reader, [row.id for row in rows])
    return [record_shape(row, comments[row.id.int]) for row in rows]


def notification_shape(notification: NotificationRow) -> Shape:
    return {
        "id": notification.id,
        "notification_type": notification.notification_type,
        "title": notification.title,
        "message": notification.message,
        "is_read": notification.is_read,
        "created_at": notification.created_at,
    }
