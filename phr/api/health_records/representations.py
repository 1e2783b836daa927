"""Records, comments and doctors' patients in the API's answers, from loaded rows."""

from datetime import datetime
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from phr.accounts.names import full_name
from phr.api.accounts.representations import (
    BloodTypeOrBlank,
    DoctorJson,
    UserJson,
    represent_doctor,
    represent_doctor_columns,
)
from phr.api.answer_types import Count, Email, Keywords
from phr.care.choices import RecordType
from phr.health_records.models import DoctorComment
from phr.health_records.my_patients import MyPatientRow
from phr.health_records.record_rows import CommentRow, RecordRow
from phr.health_records.visit_times import own_time


class MyPatientJson(TypedDict):
    """A patient in a doctor's care; the figures count what the doctor may see."""

    id: UUID
    name: str
    email: Email
    phone: str
    blood_type: BloodTypeOrBlank
    total_records: Count
    last_visit: datetime | None


class CommentJson(TypedDict):
    """A doctor's comment on a record."""

    id: UUID
    comment: str
    is_private: bool
    doctor: DoctorJson
    created_at: datetime
    updated_at: datetime


class HealthRecordJson(TypedDict):
    """A health record, with the comments that the reader may see, newest first."""

    id: UUID
    patient: UUID
    record_type: Annotated[str, RecordType]
    title: str
    description: str
    symptoms: str
    diagnosis: str
    treatment: str
    medications: str
    visit_date: Annotated[datetime, "With the offset that it was written with."]
    created_by: UserJson
    version: Annotated[int, Keywords(minimum=1)]
    created_at: datetime
    updated_at: datetime
    doctor_comments: list[CommentJson]


class ListedRecordJson(HealthRecordJson):
    """A record in a list; `deleted_at` only where deleted ones are asked for."""

    deleted_at: NotRequired[Annotated[datetime, "Only in the list of deleted records."]]


def represent_my_patient(patient: MyPatientRow) -> MyPatientJson:
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


def represent_comment(comment: DoctorComment) -> CommentJson:
    return {
        "id": comment.id,
        "comment": comment.comment,
        "is_private": comment.is_private,
        "doctor": represent_doctor(comment.doctor),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
    }


def represent_comment_row(row: CommentRow) -> CommentJson:
    """As `represent_comment`, from a row."""
    return {
        "id": row.id,
        "comment": row.comment,
        "is_private": row.is_private,
        "doctor": represent_doctor_columns(row[6:]),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def represent_record(row: RecordRow) -> HealthRecordJson:
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


def represent_deleted_record(row: RecordRow) -> ListedRecordJson:
    assert row.deleted_at is not None
    return {**represent_record(row), "deleted_at": row.deleted_at}
