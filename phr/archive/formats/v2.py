"""Version 2, with language and time zone: docs/development/archive-format.md.

All of a version is in one file, however long, so that it is read and compared whole.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from phr.archive.formats.base import (
    ArchiveModel,
    Day,
    Format,
    FromOne,
    Id,
    LocalMoment,
    Many,
    Moment,
    Sha256,
    Whole,
    only,
    text,
)

Name = Annotated[str, text(150)]
Email = Annotated[str, text(254)]
Address = Annotated[str, text(45)]  # as long as an IPv6 address can be written
UserAgent = Annotated[str, text(200)]
Reason = Annotated[str, text(500)]
Title = Annotated[str, text(200)]
LongText = Annotated[str, text(20_000)]

BloodType = Literal["", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]
NotificationType = Literal[
    "PATIENT_ASSIGNED",
    "DOCTOR_ASSIGNED",
    "CARE_REQUESTED",
    "CARE_CHANGED",
    "NEW_RECORD",
    "COMMENT_ADDED",
    "EMERGENCY_ACCESS",
    "VERIFICATION",
    "SECURITY",
]
RecordType = Literal["CHECKUP", "DIAGNOSIS", "PRESCRIPTION", "LAB_RESULT", "EMERGENCY"]


class File(ArchiveModel):
    path: Annotated[str, text(100)]
    bytes: Whole
    sha256: Sha256


class Manifest(ArchiveModel):
    """What is in the archive, but for the manifest itself."""

    format: Literal["health-record-archive"]
    version: Annotated[Literal[2], only(int)]
    created_at: Moment
    files: Annotated[Many[File], Field(max_length=2_000)]


class User(ArchiveModel):
    id: Id
    username: Annotated[str, text(150, "^[A-Za-z0-9_.+-]+$")]
    email: Email
    first_name: Name
    last_name: Name
    user_type: Literal["PATIENT"]
    phone_number: Annotated[str, text(16, r"^(?:\+[1-9][0-9]{1,14})?$")]
    date_of_birth: Day | None
    language: Literal["", "en", "de"]
    # Which names there are differs with the machine's database of zones.
    time_zone: Annotated[str, text(64, "^[A-Za-z0-9_+/-]*$")]
    is_active: bool
    last_login: Moment | None
    created_at: Moment
    updated_at: Moment


class Patient(ArchiveModel):
    id: Id
    emergency_contact: Title
    blood_type: BloodType
    allergies: Annotated[str, text(2_000)]
    created_at: Moment
    updated_at: Moment


class EmailAddress(ArchiveModel):
    email: Email
    verified: bool
    primary: bool


class SecondFactor(ArchiveModel):
    """That there is one, without what is secret."""

    type: Literal["recovery_codes", "totp", "webauthn"]
    created_at: Moment
    last_used_at: Moment | None


class LoginSession(ArchiveModel):
    id: Id
    created_at: Moment
    last_used_at: Moment
    address: Address | None
    user_agent: UserAgent
    second_factor: bool
    proved_at: Moment | None
    revoked_at: Moment | None


class BrowserSession(ArchiveModel):
    created_at: Moment
    last_seen_at: Moment
    ip: Address
    user_agent: UserAgent


class NotificationPreference(ArchiveModel):
    notification_type: NotificationType
    channel: Annotated[str, text(20)]
    is_on: bool


class Account(ArchiveModel):
    """Who somebody is, and how they sign in."""

    part: Literal["account"]
    user: User
    patient: Patient
    email_addresses: Many[EmailAddress]
    second_factors: Many[SecondFactor]
    login_sessions: Many[LoginSession]
    browser_sessions: Many[BrowserSession]
    notification_preferences: Many[NotificationPreference]


class Person(ArchiveModel):
    """Somebody whom another part names by id."""

    id: Id
    user_type: Literal["DOCTOR", "ADMIN"]
    first_name: Name
    last_name: Name


class Doctor(ArchiveModel):
    """A doctor as patients see them."""

    id: Id
    user: Id
    specialization: Annotated[str, text(100)]
    years_of_experience: Annotated[int, Field(ge=0, le=80)] | None
    is_verified: bool


class Emergency(ArchiveModel):
    """Why a doctor could not wait, and what staff found of it."""

    id: Id
    reason_code: Literal["UNCONSCIOUS", "LIFE_THREATENING", "URGENT_CARE", "OTHER"]
    verdict: Literal["", "JUSTIFIED", "UNJUSTIFIED"]
    reviewed_at: Moment | None
    created_at: Moment
    updated_at: Moment
    reviewed_by: Id | None


class Grant(ArchiveModel):
    """The access of one doctor, with all that became of it."""

    id: Id
    status: Literal["PENDING", "ACTIVE", "DECLINED", "ENDED", "EXPIRED"]
    origin: Literal["STAFF", "PATIENT", "DOCTOR", "EMERGENCY"]
    is_primary: bool
    record_types: Annotated[Many[RecordType], Field(max_length=100)]
    records_since: Day | None
    starts_at: Moment
    expires_at: Moment | None
    requested_at: Moment
    decided_at: Moment | None
    ended_at: Moment | None
    reason: Reason
    decision_reason: Reason
    end_reason: Reason
    created_at: Moment
    updated_at: Moment
    patient: Id
    doctor: Id
    requested_by: Id
    decided_by: Id | None
    ended_by: Id | None
    emergency: Emergency | None


class Care(ArchiveModel):
    """Who was let in, and everybody whom the archive names."""

    part: Literal["care"]
    people: Many[Person]
    doctors: Many[Doctor]
    grants: Many[Grant]


class Identified(ArchiveModel):
    id: Id


class Change(Identified):
    """When and by whom a version was changed, or deleted."""

    changed_at: Moment
    changed_by: Id | None
    change: Literal["update", "delete"]


class RecordContent(ArchiveModel):
    record_type: RecordType
    title: Title
    description: LongText
    symptoms: LongText
    diagnosis: LongText
    treatment: LongText
    medications: LongText
    visit_date: LocalMoment
    version: FromOne
    deleted_at: Moment | None


class RecordVersion(RecordContent, Change):
    """What a record was until a change."""


class CommentContent(ArchiveModel):
    comment: Annotated[str, text(10_000)]
    is_private: Annotated[Literal[False], only(bool)]
    version: FromOne


class CommentVersion(CommentContent, Change):
    """What a comment was until a change."""


class FormerComment(ArchiveModel):
    """A comment that is gone, or private now."""

    id: Id
    doctor: Id
    versions: Many[CommentVersion]


class Comment(CommentContent, FormerComment):
    """A doctor's comment, with what it was before."""

    created_at: Moment
    updated_at: Moment


class Record(RecordContent, Identified):
    """A health record, with what it was before and what doctors say of it."""

    created_at: Moment
    updated_at: Moment
    patient: Id
    created_by: Id
    versions: Many[RecordVersion]
    comments: Many[Comment]
    former_comments: Many[FormerComment]


class Records(ArchiveModel):
    part: Literal["records"]
    records: Many[Record]


class Notification(ArchiveModel):
    id: Id
    notification_type: NotificationType
    title: Title
    message: Annotated[str, text(1_000)]
    is_read: bool
    read_at: Moment | None
    created_at: Moment
    updated_at: Moment


class Notifications(ArchiveModel):
    part: Literal["notifications"]
    notifications: Many[Notification]


class Actor(ArchiveModel):
    id: Id
    name: Annotated[str, text(301)]
    role: Literal["", "PATIENT", "DOCTOR", "ADMIN"]


class Origin(ArchiveModel):
    face: Annotated[str, text(20)]
    address: Address | None
    user_agent: UserAgent


class Entry(ArchiveModel):
    """A line of the access log, as its patient reads it."""

    id: Id
    at: Moment
    action: Annotated[str, text(100)]
    object_kind: Annotated[str, text(30)]
    object_ids: Many[Id]
    categories: Many[Annotated[str, text(20)]]
    count: Whole
    basis: Literal["OWN", "GRANT", "EMERGENCY", "STAFF", "NONE"]
    outcome: Literal["ALLOWED", "REFUSED"]
    actor: Actor | None
    patient: Id
    grant: Id | None
    origin: Origin
    since: Moment | None = None  # the first archives have none


class AccessLog(ArchiveModel):
    part: Literal["access-log"]
    entries: Many[Entry]


def from_version_1(kind: str, part: Any) -> Any:
    """Nobody had chosen a language or a time zone before there was a choice."""
    if kind == "account":
        part["user"] |= {"language": "", "time_zone": ""}
    return part


FORMAT = Format(
    version=2,
    upgrade=from_version_1,
    parts={
        "manifest": Manifest,
        "account": Account,
        "care": Care,
        "records": Records,
        "notifications": Notifications,
        "access-log": AccessLog,
    },
)
