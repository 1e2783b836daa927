"""Every endpoint that takes a body: who calls it, and with what."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from phr.health_records.models import TEXTS
from tests.accounts.bodies import doctor_body

Body = dict[str, Any]

RECORD: Body = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    **dict.fromkeys(TEXTS, ""),
    "description": "All well.",
    "visit_date": "2026-03-02T09:00:00Z",
}
COMMENT: Body = {"comment": "Please come back in a year.", "is_private": False}
PERSON: Body = {
    "first_name": "Ada",
    "last_name": "Berg",
    "email": "ada.berg@example.org",
    "phone_number": "+4670123456",
    "date_of_birth": "1990-02-28",
    "language": "de",
    "time_zone": "Asia/Kathmandu",
}
PATIENT: Body = {
    "user": PERSON,
    "emergency_contact": "Jo Moreau",
    "blood_type": "AB-",
    "allergies": "Penicillin",
}
DOCTOR: Body = {
    "user": PERSON,
    "specialization": "Oncology",
    "license_number": "SE-998",
    "years_of_experience": 31,
}
LICENSE: Body = {
    "license_number": "SE-998",
    "authority": "Medical Board",
    "document_reference": "Register 12, page 7",
}
VERIFYING: Body = {
    "decision": "VERIFY",
    "valid_until": "2031-03-02T09:00:00Z",
    "license_number": "SE-998",
}
NOBODYS_ID = "01912345-0000-7000-8000-000000000000"
REASON: Body = {"reason": "For the knee"}
TERMS: Body = {
    "record_types": ["CHECKUP"],
    "records_since": "2026-01-01",
    "expires_at": "2099-01-01T00:00:00Z",
    "is_primary": False,
}
INVITATION: Body = {"doctor_id": NOBODYS_ID, **TERMS, **REASON}
EMERGENCY: Body = {
    "patient_id": NOBODYS_ID,
    "reason_code": "OTHER",
    "reason": "Cannot speak",
}
TWICE: Body = {
    "password": "another long sentence 8",
    "password_confirm": "another long sentence 8",
}
CREDENTIAL: Body = {
    "id": "eA",
    "rawId": "eA",
    "type": "public-key",
    "response": {"clientDataJSON": "eA"},
}
ANSWER: Body = {"challenge": "of-nobody", "credential": CREDENTIAL}
ASSIGNMENT: Body = {"patient_id": NOBODYS_ID, "doctor_id": NOBODYS_ID}


@dataclass(frozen=True)
class Endpoint:
    """One way to send something; `{record}` and the like in the path are filled in.

    :param body: a valid one.
    :param optional: the fields that may be left out.
    :param answered: the fields of the answer that cannot be written.
    :param is_choice: whether one of the optional fields is needed.
    """

    who: str
    method: str
    path: str
    body: Body = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    answered: tuple[str, ...] = ()
    is_choice: bool = False

    @property
    def partial(self) -> bool:
        return self.method == "patch"

    @property
    def success(self) -> int:
        """The status of a body that is taken, where a POST makes something."""
        return 201 if self.method == "post" else 200

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path}"


RECORD_OPTIONAL = frozenset(TEXTS)
COMMENT_OPTIONAL = frozenset({"is_private"})
# One of the two suffices; where there is neither, both are asked for.
NAMES = frozenset({"first_name", "last_name"})
PERSON_OPTIONAL = frozenset(f"user.{name}" for name in PERSON.keys() - {"email"})
PATIENT_OPTIONAL = PERSON_OPTIONAL | PATIENT.keys() - {"user"}
DOCTOR_OPTIONAL = PERSON_OPTIONAL | DOCTOR.keys() - {"user"}
REGISTER_OPTIONAL = frozenset(PERSON.keys() - {"email"} | DOCTOR.keys())
OF_A_RECORD = (
    *("id", "patient", "created_by", "version"),
    *("created_at", "updated_at", "doctor_comments"),
)
INVITATION_OPTIONAL = frozenset({*TERMS, *REASON})
OF_A_GRANT = (
    *("id", "patient", "doctor", "status", "origin", "starts_at"),
    *("requested_at", "decided_at", "ended_at", "decision_reason", "end_reason"),
)
OF_A_COMMENT = ("id", "doctor", "created_at", "updated_at")
OF_A_USER = ("user.id", "user.username", "user.user_type")
OF_A_PATIENT = ("id", "assigned_doctor", *OF_A_USER)
OF_A_DOCTOR = ("id", "is_verified", "verified_until", *OF_A_USER)
OF_A_LICENSE = (*("id", "status", "valid_until", "reason", "created_at", "decided_at"),)

AUTH = "/api/auth/"
MFA = f"{AUTH}mfa/"
REGISTER = "/api/auth/register/"
LOGIN = "/api/auth/login/"
REFRESH = "/api/auth/token/refresh/"
ASSIGN = "/api/auth/assign-doctor/"
PROFILE = "/api/auth/profile/"
RECORDS = "/api/health-records/"
ONE_RECORD = RECORDS + "{record}/"
GRANTS = "/api/care/grants/"
COMMENTS = ONE_RECORD + "comments/"
ONE_COMMENT = COMMENTS + "{comment}/"


def put_and_patch(
    who: str, path: str, body: Body, optional: frozenset[str], answered: tuple[str, ...]
) -> list[Endpoint]:
    return [
        Endpoint(who, method, path, body, optional, answered)
        for method in ("put", "patch")
    ]


WITH_FIELDS = [
    Endpoint("nobody", "post", REGISTER, doctor_body(), REGISTER_OPTIONAL, ("id",)),
    Endpoint("nobody", "post", LOGIN, {"username": "alice", "password": "x"}),
    *(
        Endpoint(
            "nobody",
            "post",
            LOGIN,
            {"username": "alice", "password": "x", code: "123456"},
            frozenset({code}),
        )
        for code in ("otp", "recovery_code")
    ),
    Endpoint("nobody", "post", REFRESH, {"refresh": "x"}),
    *(
        Endpoint("alice", "post", f"{AUTH}step-up/", shown, frozenset(shown), (), True)
        for shown in ({"password": "x"}, {"otp": "123456"}, {"recovery_code": "x"})
    ),
    Endpoint(
        "alice", "post", f"{AUTH}password/change/", {"current_password": "x", **TWICE}
    ),
    Endpoint("nobody", "post", f"{AUTH}password/forgot/", {"email": "x@example.org"}),
    Endpoint("nobody", "post", f"{AUTH}password/reset/", {"key": "x", **TWICE}),
    Endpoint("nobody", "post", f"{AUTH}email/confirm/", {"key": "x"}),
    Endpoint("alice", "post", f"{MFA}totp/confirm/", {"otp": "123456"}),
    Endpoint("alice", "post", f"{MFA}passkeys/", {"name": "Phone", **ANSWER}),
    Endpoint(
        "alice",
        "patch",
        MFA + "passkeys/{passkey}/",
        {"name": "Tablet"},
        frozenset({"name"}),
    ),
    Endpoint("nobody", "post", f"{AUTH}passkey/", ANSWER),
    Endpoint("sam", "post", ASSIGN, ASSIGNMENT, frozenset({"doctor_id"})),
    *(
        Endpoint("alice", "post", path, INVITATION, INVITATION_OPTIONAL, OF_A_GRANT)
        for path in (GRANTS, GRANTS + "preview/")
    ),
    Endpoint(
        "dr_bob",
        "post",
        GRANTS,
        {"patient_id": NOBODYS_ID, **REASON},
        frozenset(REASON),
        OF_A_GRANT,
    ),
    Endpoint(
        "alice", "patch", GRANTS + "{grant}/", TERMS, frozenset(TERMS), OF_A_GRANT
    ),
    Endpoint(
        "alice",
        "post",
        GRANTS + "{asked}/accept/",
        TERMS | REASON,
        INVITATION_OPTIONAL,
        OF_A_GRANT,
    ),
    *(
        Endpoint("alice", "post", path, REASON, frozenset(REASON))
        for path in (GRANTS + "{asked}/decline/", GRANTS + "{grant}/end/")
    ),
    Endpoint(
        "alice",
        "patch",
        "/api/notifications/preferences/",
        {"preferences": [{"notification_type": "NEW_RECORD", "email": True}]},
        frozenset({"preferences"}),
    ),
    Endpoint("alice", "post", RECORDS, RECORD, RECORD_OPTIONAL, OF_A_RECORD),
    Endpoint("dr_bob", "post", COMMENTS, COMMENT, COMMENT_OPTIONAL, OF_A_COMMENT),
    Endpoint(
        "dr_bob",
        "post",
        "/api/care/verification/",
        LICENSE,
        frozenset({"document_reference"}),
        OF_A_LICENSE,
    ),
    Endpoint(
        "sam",
        "post",
        "/api/staff/doctors/{doctor}/verify/",
        VERIFYING,
        frozenset({"license_number"}),
    ),
    Endpoint("dr_bob", "post", "/api/care/emergency/", EMERGENCY),
    *put_and_patch("alice", PROFILE, PATIENT, PATIENT_OPTIONAL, OF_A_PATIENT),
    *put_and_patch("dr_bob", PROFILE, DOCTOR, DOCTOR_OPTIONAL, OF_A_DOCTOR),
    *put_and_patch("sam", PROFILE, {"user": PERSON}, PERSON_OPTIONAL, OF_A_USER),
    *put_and_patch("alice", ONE_RECORD, RECORD, RECORD_OPTIONAL, OF_A_RECORD),
    *put_and_patch("dr_bob", ONE_COMMENT, COMMENT, COMMENT_OPTIONAL, OF_A_COMMENT),
]
WITHOUT_FIELDS = [
    Endpoint("alice", "post", "/api/auth/logout/"),
    Endpoint("alice", "post", "/api/account/export/"),
    Endpoint("alice", "post", f"{AUTH}logout-all/"),
    Endpoint("alice", "post", f"{AUTH}email/resend/"),
    Endpoint("alice", "post", f"{MFA}totp/"),
    Endpoint("alice", "post", f"{MFA}recovery-codes/"),
    Endpoint("alice", "post", f"{MFA}passkeys/begin/"),
    Endpoint("nobody", "post", f"{AUTH}passkey/begin/"),
    Endpoint("alice", "post", "/api/account/delete/"),
    Endpoint("dr_bob", "post", "/api/account/delete/cancel/"),
    Endpoint("alice", "post", RECORDS + "{deleted}/restore/"),
    Endpoint("alice", "post", "/api/notifications/mark-all-read/"),
    Endpoint("alice", "post", "/api/notifications/{notification}/read/"),
]
ENDPOINTS = [*WITH_FIELDS, *WITHOUT_FIELDS]
COMPLETE = [
    endpoint
    for endpoint in WITH_FIELDS
    if not endpoint.partial and endpoint.body.keys() - endpoint.optional
]
WITHOUT_WORDS = [
    endpoint
    for endpoint in WITH_FIELDS
    if not (endpoint.partial or endpoint.is_choice) and endpoint not in COMPLETE
]


class Kind(Enum):
    """What a field takes."""

    TEXT = "text"
    EMAIL = "e-mail"
    CHOICE = "choice"
    FLAG = "flag"
    WHOLE = "whole number"
    ID = "id"
    DAY = "day"
    MOMENT = "moment"
    LIST = "list"
    OBJECT = "object"


# Everything that is not named here is a text.
KINDS = {
    "email": Kind.EMAIL,
    "record_type": Kind.CHOICE,
    "decision": Kind.CHOICE,
    "reason_code": Kind.CHOICE,
    "valid_until": Kind.MOMENT,
    "user_type": Kind.CHOICE,
    "blood_type": Kind.CHOICE,
    "language": Kind.CHOICE,
    "is_private": Kind.FLAG,
    "years_of_experience": Kind.WHOLE,
    "patient_id": Kind.ID,
    "doctor_id": Kind.ID,
    "date_of_birth": Kind.DAY,
    "visit_date": Kind.MOMENT,
    "record_types": Kind.LIST,
    "preferences": Kind.LIST,
    "records_since": Kind.DAY,
    "expires_at": Kind.MOMENT,
    "is_primary": Kind.FLAG,
    "user": Kind.OBJECT,
    "credential": Kind.OBJECT,
    "response": Kind.OBJECT,
    "type": Kind.CHOICE,
}
NULLABLE = {"date_of_birth", "years_of_experience", "records_since", "expires_at"}


def kind_of(name: str) -> Kind:
    return KINDS.get(name.rpartition(".")[2], Kind.TEXT)


def is_nullable(endpoint: Endpoint, name: str) -> bool:
    is_own_doctor = endpoint.path == ASSIGN and name == "doctor_id"
    return is_own_doctor or name.rsplit(".", maxsplit=1)[-1] in NULLABLE


def fields_of(body: Body) -> list[str]:
    """The fields' names, those of an object within with a dot."""
    inner = [
        f"{outer}.{name}"
        for outer, value in body.items()
        if isinstance(value, dict)
        for name in value
    ]
    return [*body, *inner]


def with_value(body: Body, name: str, value: Any) -> Body:
    """The body with one field set."""
    outer, _, inner = name.partition(".")
    if not inner:
        return body | {outer: value}
    return body | {outer: body[outer] | {inner: value}}


def without(body: Body, name: str) -> Body:
    """The body with one field left out."""
    outer, _, inner = name.partition(".")
    if not inner:
        return {key: value for key, value in body.items() if key != outer}
    return body | {outer: without(body[outer], inner)}


def cases(endpoints: list[Endpoint], *kinds: Kind) -> list[Any]:
    """Each field of these kinds of each endpoint, for `parametrize`."""
    return [
        (endpoint, name)
        for endpoint in endpoints
        for name in fields_of(endpoint.body)
        if kind_of(name) in kinds
    ]
