"""Records, comments and doctors' patients in the API's answers, from loaded rows."""

from phr.accounts.names import full_name
from phr.api.accounts.representations import represent_doctor
from phr.api.json import JsonObject
from phr.care.models import is_in_force
from phr.health_records.models import DoctorComment
from phr.health_records.my_patients import MyPatientRow
from phr.health_records.record_rows import CommentRow, RecordRow
from phr.health_records.visit_times import own_time


def represent_my_patient(patient: MyPatientRow) -> JsonObject:
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


def represent_comment(comment: DoctorComment) -> JsonObject:
    return {
        "id": comment.id,
        "comment": comment.comment,
        "is_private": comment.is_private,
        "doctor": represent_doctor(comment.doctor),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
    }


def represent_comment_row(row: CommentRow) -> JsonObject:
    """As `represent_comment`, from a row."""
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


def represent_record(row: RecordRow) -> JsonObject:
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
        "doctor_comments": [represent_comment_row(comment) for comment in row.comments],
    }
