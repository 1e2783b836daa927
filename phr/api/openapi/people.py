"""The invented people and things that all examples of the document are about.

The tests load exactly them into a database and compare what the server answers.
"""

from typing import Any

from phr.notifications.models import NotificationType

Value = dict[str, Any]

PASSWORD = "violet-Harbour-29-lamp"  # noqa: S105 - nobody's; it stands in the document

ALICE: Value = {
    "id": "0198c0aa-3f10-7b52-8d0e-5f3a9c1e7a01",
    "username": "alice.moreau",
    "email": "alice.moreau@example.org",
    "first_name": "Alice",
    "last_name": "Moreau",
    "user_type": "PATIENT",
}
ALICE_HERSELF = ALICE | {"phone_number": "+441632960017", "date_of_birth": "1987-04-12"}
BOB: Value = {
    "id": "0198c0aa-4a22-7e0c-9b41-2c7d61f0b402",
    "username": "bob.stone",
    "email": "bob.stone@example.org",
    "first_name": "Bob",
    "last_name": "Stone",
    "user_type": "DOCTOR",
}
BOB_HIMSELF = BOB | {"phone_number": "+441632960145", "date_of_birth": "1975-11-03"}
SAM: Value = {
    "id": "0198c0aa-5b63-7d94-a6c8-90e1b7a2d803",
    "username": "sam.reyes",
    "email": "sam.reyes@example.org",
    "first_name": "Sam",
    "last_name": "Reyes",
    "user_type": "ADMIN",
}
SAM_HIMSELF = SAM | {"phone_number": "", "date_of_birth": None}


def name_of(user: Value) -> Value:
    return {name: user[name] for name in ("id", "first_name", "last_name")}


DR_BOB: Value = {
    "id": "0198c0aa-4a30-7c11-8f27-d1b05e94c612",
    "user": name_of(BOB),
    "specialization": "Orthopaedics",
    "years_of_experience": 21,
    "is_verified": True,
}
BOBS_LICENSE = {"license_number": "MED-204517"}
DR_DAN: Value = {
    "id": "0198c0aa-6c55-7aa0-b3d4-7e82f0c91b34",
    "user": {
        "id": "0198c0aa-6c41-7f3b-9d10-48ac2be57f24",
        "first_name": "Dan",
        "last_name": "Okoro",
    },
    "specialization": "Cardiology",
    "years_of_experience": None,
    "is_verified": False,
}

# What only patients, or only doctors, have in their profiles.
ALICES_PART: Value = {
    "emergency_contact": "Hugo Moreau, +441632960018",
    "blood_type": "O+",
    "allergies": "Penicillin",
}
PATIENT: Value = {
    "id": "0198c0aa-3f1c-7d08-a1b6-e4c97d250f11",
    "user": ALICE_HERSELF,
    **ALICES_PART,
    "assigned_doctor": DR_BOB,
}
OWN_DOCTOR = (
    DR_BOB
    | BOBS_LICENSE
    | {"user": BOB_HIMSELF, "verified_until": "2031-03-02T00:00:00Z"}
)
STAFF: Value = {"user": SAM_HIMSELF}

COMMENT: Value = {
    "id": "0198c4d1-90ab-7e33-8c52-03f7d6b1aa42",
    "comment": "Please rest the knee for two weeks and come back if it swells again.",
    "is_private": False,
    "doctor": DR_BOB,
    "created_at": "2026-03-02T16:20:00Z",
    "updated_at": "2026-03-02T16:20:00Z",
}
RECORD: Value = {
    "id": "0198c4c8-1d7e-7b90-b2f4-6a8e5c03d941",
    "patient": PATIENT["id"],
    "record_type": "DIAGNOSIS",
    "title": "Knee pain after a fall",
    "description": "Fell from the bicycle on the way to work.",
    "symptoms": "Swelling and pain on the inner side of the left knee.",
    "diagnosis": "Sprain of the medial collateral ligament, grade I.",
    "treatment": "Rest, cooling, elastic bandage for two weeks.",
    "medications": "Ibuprofen 400 mg, up to three times a day with food.",
    "visit_date": "2026-03-02T10:30:00+01:00",
    "created_by": ALICE,
    "version": 1,
    "created_at": "2026-03-02T12:05:00Z",
    "updated_at": "2026-03-02T12:05:00Z",
    "doctor_comments": [COMMENT],
}
# Of a comment that is no longer there.
CHANGE: Value = {
    "id": "5f0d7c1e-2b94-4c38-9a6f-71d3e8b05c24",
    "at": "2026-03-02T16:18:00Z",
    "by": name_of(BOB),
    "object": "comment",
    "object_id": "0198c4cf-51c2-7f60-a3b7-94e2d08f6b17",
    "version": 2,
    "kind": "deleted",
    "changes": [
        {
            "field": "comment",
            "before": "Please rest the right knee for two weeks.",
            "after": None,
        },
        {"field": "is_private", "before": False, "after": None},
    ],
}
WRITTEN = (
    "record_type",
    "title",
    "description",
    "symptoms",
    "diagnosis",
    "treatment",
    "medications",
    "visit_date",
)
GRANT: Value = {
    "id": "0198c0ab-1175-7c6e-9a08-b5d2e7f4c351",
    "patient": {"id": PATIENT["id"], "user": name_of(ALICE)},
    "doctor": DR_BOB,
    "status": "ACTIVE",
    "origin": "STAFF",
    "is_primary": True,
    "record_types": [],
    "records_since": None,
    "starts_at": "2026-03-01T08:00:00Z",
    "expires_at": None,
    "requested_at": "2026-03-01T08:00:00Z",
    "decided_at": "2026-03-01T08:00:00Z",
    "ended_at": None,
    "reason": "",
    "decision_reason": "",
    "end_reason": "",
}
ASKED = GRANT | {
    "status": "PENDING",
    "origin": "DOCTOR",
    "is_primary": False,
    "decided_at": None,
}
# Who has asked does not learn the name before the patient has agreed.
ASKED_BY_DOCTOR = ASKED | {"patient": {"id": PATIENT["id"], "user": None}}
EMERGENCY_GRANT = GRANT | {
    "origin": "EMERGENCY",
    "is_primary": False,
    "expires_at": "2026-03-01T09:00:00Z",
    "reason": "Brought in unconscious after a fall from a ladder.",
}
DANS_LICENSE = {"license_number": "MED-311806"}
MY_PATIENT: Value = {
    "id": PATIENT["id"],
    "name": "Alice Moreau",
    "email": ALICE["email"],
    "phone": ALICE_HERSELF["phone_number"],
    "blood_type": "O+",
    "total_records": 1,
    "last_visit": RECORD["visit_date"],
}
NOTIFICATION: Value = {
    "id": "0198c4d1-95f0-7a1d-8e67-c2b94f3d0552",
    "notification_type": "COMMENT_ADDED",
    "title": "New comment",
    "message": "Dr. Bob Stone has commented on a health record of Alice Moreau.",
    "is_read": False,
    "created_at": "2026-03-02T16:20:01Z",
}
PREFERENCES: list[Value] = [
    {
        "notification_type": str(each),
        "in_app": True,
        "email": each not in ("NEW_RECORD", "COMMENT_ADDED"),
        "is_fixed": each == "SECURITY",
    }
    for each in NotificationType
]
EXPORT: Value = {
    "id": "0198c4e0-7a52-7c1d-9b3e-61f0a8d24c75",
    "status": "READY",
    "progress": 100,
    "created_at": "2026-03-02T17:00:00Z",
    "ready_at": "2026-03-02T17:00:04Z",
    "expires_at": "2026-03-03T17:00:04Z",
    "size": 27,
    "sha256": "f0c7cf50be4d6f43b0e9ce4f9a1e3a2bd7b4b35e9e0c37b3ac4bd1a7a5ad62a3",
}
ENTRY: Value = {
    "id": "0198c4d1-8c20-7d46-b0a9-5e3f8d17c263",
    "at": "2026-03-02T16:16:00Z",
    "since": None,
    "actor": {"id": BOB["id"], "name": "Bob Stone", "role": "DOCTOR"},
    "action": "health_records.record_opened",
    "object_kind": "record",
    "object_ids": [RECORD["id"]],
    "categories": [RECORD["record_type"]],
    "count": 1,
    "patient": PATIENT["id"],
    "basis": "GRANT",
    "grant": GRANT["id"],
    "origin": {
        "face": "api",
        "address": "192.0.2.17",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    },
    "outcome": "ALLOWED",
}
ENTRY_AS_CSV = (
    "id,at,actor_id,actor_name,actor_role,action,object_kind,object_ids,categories,"
    "count,patient,basis,grant,origin_face,origin_address,origin_user_agent,outcome,"
    "since\r\n"
    f"{ENTRY['id']},{ENTRY['at']},{BOB['id']},Bob Stone,DOCTOR,"
    f"health_records.record_opened,record,{RECORD['id']},DIAGNOSIS,1,{PATIENT['id']},"
    f"GRANT,{GRANT['id']},api,192.0.2.17,Mozilla/5.0 (X11; Linux x86_64),ALLOWED,\r\n"
)
SESSION: Value = {
    "id": "0198c0ae-1b20-7c4d-9e51-6a3f0d8b2c17",
    "kind": "API",
    "created_at": "2026-03-02T10:00:00Z",
    "last_used_at": "2026-03-02T10:05:00Z",
    "address": "192.0.2.44",
    "user_agent": "Mozilla/5.0",
    "second_factor": True,
    "is_current": True,
}
PASSKEY: Value = {
    "id": "0198c0ae-2c31-7d5e-8f62-7b4a1e9c3d28",
    "name": "Phone",
    "created_at": "2026-03-01T18:00:00Z",
    "last_used_at": None,
}
FACTORS: Value = {
    "required": False,
    "totp": {
        "created_at": "2026-03-01T17:00:00Z",
        "last_used_at": "2026-03-02T10:00:00Z",
    },
    "recovery_codes": {"created_at": "2026-03-01T17:00:00Z", "left": 10},
    "passkeys": [PASSKEY],
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
CREATION_OPTIONS: Value = {
    "rp": {"id": "records.example.org", "name": "Health Record API"},
    "user": {"id": "MDE5OGMwYWEt", "name": "alice.moreau"},
    "challenge": "6bX3eV0kq9QJr2mC8yP1sT",
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "authenticatorSelection": {"userVerification": "required"},
}
REQUEST_OPTIONS: Value = {
    "rpId": "records.example.org",
    "challenge": "6bX3eV0kq9QJr2mC8yP1sT",
    "userVerification": "required",
}
TOKENS: Value = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJhY2Nlc3MifQ.an-access-token",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJyZWZyZXNoIn0.a-refresh-token",
}


def page(*results: Value) -> Value:
    """A list that fits on one page."""
    return {"next": None, "previous": None, "results": list(results)}
