"""The JSON Schema (draft 2020-12) of all parts of an archive. It is published."""

from functools import cache

import orjson
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from phr.accounts.models import LoginSession, User, UserType
from phr.archive.layout import FORMAT, MOST_MEMBERS, SERIES, VERSION
from phr.archive.words import (
    DAY,
    FLAG,
    ID,
    LARGEST_INTEGER,
    LOCAL_MOMENT,
    MOMENT,
    SHA256,
    Schema,
    many,
    one_of,
    or_null,
    part,
    several,
    shape,
    text,
    text_of,
    whole,
)
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.care.choices import (
    BloodType,
    EmergencyReason,
    EmergencyVerdict,
    GrantOrigin,
    GrantStatus,
    RecordType,
)
from phr.care.models import LONGEST_REASON, DoctorProfile, PatientProfile
from phr.health_records.models import (
    LONGEST_COMMENT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    TEXTS,
)
from phr.notifications.models import Notification, NotificationType

ADDRESS = text(45)  # as long as an IPv6 address can be written
USER_AGENT = text_of(LoginSession, "user_agent")
STAMPS = {"created_at": MOMENT, "updated_at": MOMENT}
NAMES = {name: text_of(User, name) for name in ("first_name", "last_name")}
FILE = shape({"path": text(100), "bytes": whole(), "sha256": SHA256})
MANIFEST = shape(
    {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "created_at": MOMENT,
        "files": many(FILE) | {"maxItems": MOST_MEMBERS},
    }
)
USER = shape(
    {
        "id": ID,
        "username": text(150, "^[A-Za-z0-9_.+-]+$"),
        "email": text_of(User, "email"),
        **NAMES,
        "user_type": {"const": UserType.PATIENT.value},
        "phone_number": text(16, r"^(?:\+[1-9][0-9]{1,14})?$"),
        "date_of_birth": or_null(DAY),
        "is_active": FLAG,
        "last_login": or_null(MOMENT),
        **STAMPS,
    }
)
PATIENT = shape(
    {
        "id": ID,
        "emergency_contact": text_of(PatientProfile, "emergency_contact"),
        "blood_type": one_of(["", *BloodType.values]),
        "allergies": text_of(PatientProfile, "allergies"),
        **STAMPS,
    }
)
EMAIL_ADDRESS = shape(
    {"email": text_of(EmailAddress, "email"), "verified": FLAG, "primary": FLAG}
)
SECOND_FACTOR = shape(
    {
        "type": one_of(Authenticator.Type.values),
        "created_at": MOMENT,
        "last_used_at": or_null(MOMENT),
    }
)
LOGIN_SESSION = shape(
    {
        "id": ID,
        "created_at": MOMENT,
        "last_used_at": MOMENT,
        "address": or_null(ADDRESS),
        "user_agent": USER_AGENT,
        "second_factor": FLAG,
        "proved_at": or_null(MOMENT),
        "revoked_at": or_null(MOMENT),
    }
)
BROWSER_SESSION = shape(
    {
        "created_at": MOMENT,
        "last_seen_at": MOMENT,
        "ip": ADDRESS,
        "user_agent": USER_AGENT,
    }
)
PREFERENCE = shape(
    {
        "notification_type": one_of(NotificationType.values),
        "channel": text(20),
        "is_on": FLAG,
    }
)
ACCOUNT = part(
    "account",
    {
        "user": USER,
        "patient": PATIENT,
        "email_addresses": many(EMAIL_ADDRESS),
        "second_factors": many(SECOND_FACTOR),
        "login_sessions": many(LOGIN_SESSION),
        "browser_sessions": many(BROWSER_SESSION),
        "notification_preferences": many(PREFERENCE),
    },
)
OTHERS = (UserType.DOCTOR, UserType.ADMIN)
PERSON = shape({"id": ID, "user_type": one_of(OTHERS), **NAMES})
DOCTOR = shape(
    {
        "id": ID,
        "user": ID,
        "specialization": text_of(DoctorProfile, "specialization"),
        "years_of_experience": or_null(whole(most=80)),
        "is_verified": FLAG,
    }
)
EMERGENCY = shape(
    {
        "id": ID,
        "reason_code": one_of(EmergencyReason.values),
        "verdict": one_of(["", *EmergencyVerdict.values]),
        "reviewed_at": or_null(MOMENT),
        **STAMPS,
        "reviewed_by": or_null(ID),
    }
)
REASON = text(LONGEST_REASON)
RECORD_TYPE = one_of(RecordType.values)
GRANT = shape(
    {
        "id": ID,
        "status": one_of(GrantStatus.values),
        "origin": one_of(GrantOrigin.values),
        "is_primary": FLAG,
        "record_types": many(RECORD_TYPE) | {"maxItems": 100},
        "records_since": or_null(DAY),
        "starts_at": MOMENT,
        "expires_at": or_null(MOMENT),
        "requested_at": MOMENT,
        "decided_at": or_null(MOMENT),
        "ended_at": or_null(MOMENT),
        "reason": REASON,
        "decision_reason": REASON,
        "end_reason": REASON,
        **STAMPS,
        "patient": ID,
        "doctor": ID,
        "requested_by": ID,
        "decided_by": or_null(ID),
        "ended_by": or_null(ID),
        "emergency": or_null(EMERGENCY),
    }
)
CARE = part(
    "care",
    {"people": many(PERSON), "doctors": many(DOCTOR), "grants": many(GRANT)},
)
CHANGE = {
    "id": ID,
    "changed_at": MOMENT,
    "changed_by": or_null(ID),
    "change": one_of(["update", "delete"]),
}
RECORD_CONTENT = {
    "record_type": RECORD_TYPE,
    "title": text(LONGEST_TITLE),
    **{name: text(LONGEST_TEXT) for name in TEXTS},
    "visit_date": LOCAL_MOMENT,
    "version": whole(1),
    "deleted_at": or_null(MOMENT),
}
COMMENT_CONTENT = {
    "comment": text(LONGEST_COMMENT),
    "is_private": {"const": False},
    "version": whole(1),
}
COMMENT_VERSIONS = many(shape(CHANGE | COMMENT_CONTENT))
OF_COMMENT = {"id": ID, "doctor": ID, "versions": COMMENT_VERSIONS}
RECORD = shape(
    {
        "id": ID,
        **RECORD_CONTENT,
        **STAMPS,
        "patient": ID,
        "created_by": ID,
        "versions": many(shape(CHANGE | RECORD_CONTENT)),
        "comments": many(shape(OF_COMMENT | COMMENT_CONTENT | STAMPS)),
        "former_comments": many(shape(OF_COMMENT)),
    }
)
NOTIFICATION = shape(
    {
        "id": ID,
        "notification_type": one_of(NotificationType.values),
        "title": text_of(Notification, "title"),
        "message": text_of(Notification, "message"),
        "is_read": FLAG,
        "read_at": or_null(MOMENT),
        **STAMPS,
    }
)
ACTOR = shape(
    {
        "id": ID,
        "name": text_of(AccessEntry, "actor_name"),
        "role": one_of(["", *UserType.values]),
    }
)
ORIGIN = shape(
    {
        "face": text_of(AccessEntry, "face"),
        "address": or_null(ADDRESS),
        "user_agent": USER_AGENT,
    }
)
ENTRY = shape(
    {
        "id": ID,
        "at": MOMENT,
        "action": text_of(AccessEntry, "action"),
        "object_kind": text_of(AccessEntry, "object_kind"),
        "object_ids": many(ID),
        "categories": many(text(20)),
        "count": whole(),
        "basis": one_of(Basis.values),
        "outcome": one_of(Outcome.values),
        "actor": or_null(ACTOR),
        "patient": ID,
        "grant": or_null(ID),
        "origin": ORIGIN,
    }
)
# Not among what must be there: archives made before have none.
ENTRY["properties"]["since"] = or_null(MOMENT)
ITEMS = {"records": RECORD, "notifications": NOTIFICATION, "access-log": ENTRY}
PARTS: dict[str, Schema] = {
    "manifest": MANIFEST,
    "account": ACCOUNT,
    "care": CARE,
    **{kind: several(kind, SERIES[kind], item) for kind, item in ITEMS.items()},
}
DOCUMENT: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"urn:{FORMAT}:{VERSION}",
    "title": "A patient's account, as this server exports it",
    "description": f"Integers are at most {LARGEST_INTEGER}. The manifest names every "
    "other file of the archive with its size and its SHA-256; each of the other parts "
    "says in `part` what it is.",
    "oneOf": [{"$ref": f"#/$defs/{name}"} for name in PARTS],
    "$defs": PARTS,
}


@cache
def schema_file() -> bytes:
    """The document as it is published, served, and put into each archive."""
    return orjson.dumps(DOCUMENT, option=orjson.OPT_INDENT_2) + b"\n"
