"""Doctors' licences, in the document."""

from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.care import BAD_PAGE, DAN_LICENSED
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import (
    BOBS_LICENSE,
    DANS_LICENSE,
    DR_BOB,
    DR_DAN,
    OWN_DOCTOR,
    Value,
    page,
)
from phr.api.verification.serializers import (
    LicenseSerializer,
    RefuseSerializer,
    VerifySerializer,
)
from phr.care.registration import LicenseNumberTaken
from phr.care.verification import LicenseChanged, NothingToVerify, VerificationEndsWrong


def identity(doctor: Value) -> Value:
    """What staff verify of a doctor, beside the licence."""
    names = {name: doctor["user"][name] for name in ("first_name", "last_name")}
    return names | {"specialization": doctor["specialization"]}


BOBS_VERIFICATION: Value = {
    "id": "0198c0ab-2a41-7d0f-8e55-9b3c60d7e214",
    **identity(DR_BOB),
    **BOBS_LICENSE,
    "authority": "Medical Board of Northshire",
    "document_reference": "",
    "status": "VERIFIED",
    "valid_until": OWN_DOCTOR["verified_until"],
    "reason": "",
    "created_at": "2026-02-26T10:12:00Z",
    "decided_at": "2026-03-02T09:00:00Z",
}
DANS_VERIFICATION: Value = BOBS_VERIFICATION | {
    "id": "0198c4d0-3b17-7a62-b1c9-04f8e25d9a37",
    **identity(DR_DAN),
    **DANS_LICENSE,
    "document_reference": "Public register, entry 88-1204",
    "status": "PENDING",
    "valid_until": None,
    "created_at": "2026-03-02T14:40:00Z",
    "decided_at": None,
}
READ_VERIFICATION = Operation(
    "Read one's own verification",
    "Doctors read whether they are verified, until when, and what has become of the "
    "licence that they handed in last; null if they have handed in none. Everybody "
    "else is refused.",
    answers={
        200: {
            "a doctor": {
                "is_verified": True,
                "verified_until": OWN_DOCTOR["verified_until"],
                "latest": BOBS_VERIFICATION,
            }
        }
    },
    problems=(PermissionDenied(),),
)
RENEWAL = {
    name: BOBS_VERIFICATION[name]
    for name in ("license_number", "authority", "document_reference")
}
HAND_IN_LICENSE = Operation(
    "Hand in a licence",
    "Doctors hand in a licence for staff to verify; one that still waits is replaced. "
    "A doctor who was never verified is known at once by what was handed in; who was, "
    "is known by what staff have verified until they decide, and asks here for another "
    "name, specialization or number. Everybody else is refused. Wants a "
    "password or a code given within the last minutes.",
    requests={
        "a licence": RENEWAL,
        "under another name": RENEWAL | {"last_name": "Stone-Flint"},
        "without a document": {
            "license_number": "MED-311806",
            "authority": "Medical Board of Northshire",
        },
    },
    answers={
        201: {
            "handed in": BOBS_VERIFICATION
            | {"status": "PENDING", "valid_until": None, "decided_at": None}
        }
    },
    problems=(
        refused(LicenseSerializer, {"license_number": " ", "status": "VERIFIED"}),
        LicenseNumberTaken(field="license_number"),
        PermissionDenied(),
        StepUpRequired(GIVE_IT),
        wait(hours=20),
    ),
)
DANS = DANS_VERIFICATION | {"doctor": DAN_LICENSED}
LIST_VERIFICATIONS = Operation(
    "List licences",
    "Staff with the right read the licences that wait for them, the newest first, or "
    "those in another "
    "state. Everybody else is refused.",
    answers={200: {"one that waits": page(DANS)}},
    problems=(
        *BAD_PAGE,
        ValidationError(
            {"status": ErrorDetail("This is not one of the choices.", "invalid_choice")}
        ),
        PermissionDenied(),
    ),
)
UNTIL = "2031-06-30T23:59:59Z"
NOT_FOUND_IN_REGISTER = "The register does not know this number."
DECIDE_ON_DOCTOR = Operation(
    "Verify a doctor, or refuse",
    "Staff with the right say until when a doctor is verified, or why not. It is "
    "about the licence "
    "that waits; without one, about the number in the doctor's profile. Where nothing "
    "waits, a refusal takes back the verification. Everybody else is refused. Wants a "
    "password or a code given within the last minutes.",
    requests={
        "verify": {"decision": "VERIFY", "valid_until": UNTIL, **DANS_LICENSE},
        "refuse": {"decision": "REFUSE", "reason": NOT_FOUND_IN_REGISTER},
    },
    answers={
        200: {
            "verified": DANS
            | {
                "status": "VERIFIED",
                "valid_until": UNTIL,
                "decided_at": "2026-03-02T16:02:00Z",
                "doctor": DAN_LICENSED | {"is_verified": True},
            },
            "refused": DANS
            | {
                "status": "REFUSED",
                "reason": NOT_FOUND_IN_REGISTER,
                "decided_at": "2026-03-02T16:02:00Z",
            },
        }
    },
    problems=(
        refused(VerifySerializer, {"decision": "VERIFY", "reason": "All is well."}),
        refused(RefuseSerializer, {"decision": "REFUSE"}),
        VerificationEndsWrong(field="valid_until"),
        LicenseNumberTaken(field="license_number"),
        PermissionDenied(),
        StepUpRequired(GIVE_IT),
        NothingToVerify("This doctor has named no licence."),
        LicenseChanged(),
    ),
)
