"""Doctors' licences, in the document."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError

from phr.api.openapi.operation import (
    BAD_KEY,
    BAD_PAGE,
    IDEMPOTENCY_KEY,
    NO_RECENT_PROOF,
    documented,
    refused,
    wait,
)
from phr.api.verification.representations import (
    DoctorVerificationJson,
    StaffVerificationJson,
    StandingJson,
)
from phr.api.verification.serializers import (
    REFUSE,
    VERIFY,
    LicenseSerializer,
    RefuseSerializer,
    VerifySerializer,
)
from phr.care.registration import LicenseNumberTaken
from phr.care.verification import LicenseChanged, NothingToVerify, VerificationEndsWrong

DECISION = PolymorphicProxySerializer(
    component_name="Decision",
    serializers={VERIFY: VerifySerializer, REFUSE: RefuseSerializer},
    resource_type_field_name="decision",
)

read_verification = documented(
    "read_verification",
    "Read your verification",
    "Doctors can read whether they are verified, until when, and the state of the "
    "licence that they submitted last; null if they have submitted none. Everybody "
    "else is refused.",
    responses=StandingJson,
    tags=["care"],
    problems=(PermissionDenied(),),
)
hand_in_license = documented(
    "hand_in_license",
    "Submit a licence",
    "Doctors submit a licence for staff to verify. It replaces one that is still "
    "waiting. For doctors who were never verified, the submitted details apply at "
    "once. For verified doctors, the verified details stay until staff decide; they "
    "submit here to change their name, specialization or licence number. Everybody "
    "else is refused. Requires a password or code entered within the last five "
    "minutes.",
    parameters=[IDEMPOTENCY_KEY],
    responses={201: DoctorVerificationJson},
    tags=["care"],
    problems=(
        *BAD_KEY,
        refused(LicenseSerializer, {"license_number": " ", "status": "VERIFIED"}),
        LicenseNumberTaken(field="license_number"),
        PermissionDenied(),
        NO_RECENT_PROOF,
        wait(hours=20),
    ),
)
list_verifications = documented(
    "list_verifications",
    "List submitted licences",
    "Staff with the permission can list the licences that are waiting, newest first, "
    "or those in another state. Everybody else is refused.",
    responses=list[StaffVerificationJson],
    tags=["staff"],
    problems=(
        *BAD_PAGE,
        ValidationError(
            {"status": ErrorDetail("This is not one of the choices.", "invalid_choice")}
        ),
        PermissionDenied(),
    ),
)
decide_on_doctor = documented(
    "decide_on_doctor",
    "Verify or refuse a doctor",
    "Staff with the permission decide until when a doctor is verified, or why not. "
    "The decision is about the waiting licence, or without one about the number in "
    "the doctor's profile. If nothing is waiting, a refusal revokes the verification. "
    "Everybody else is refused. Requires a password or code entered within the last "
    "five minutes.",
    request=DECISION,
    parameters=[IDEMPOTENCY_KEY],
    responses=StaffVerificationJson,
    tags=["staff"],
    problems=(
        *BAD_KEY,
        refused(VerifySerializer, {"decision": "VERIFY", "reason": "All is well."}),
        refused(RefuseSerializer, {"decision": "REFUSE"}),
        VerificationEndsWrong(field="valid_until"),
        LicenseNumberTaken(field="license_number"),
        PermissionDenied(),
        NO_RECENT_PROOF,
        NothingToVerify("This doctor has not entered a licence."),
        LicenseChanged(),
    ),
)
