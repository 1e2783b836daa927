"""Doctors' licences, in the document."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError

from phr.api.openapi.operation import (
    BAD_PAGE,
    NO_RECENT_PROOF,
    documented,
    refused,
    wait,
)
from phr.api.verification.serializers import (
    REFUSE,
    VERIFY,
    DoctorVerificationSerializer,
    LicenseSerializer,
    RefuseSerializer,
    StaffVerificationSerializer,
    StandingSerializer,
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
    "Read one's own verification",
    "Doctors read whether they are verified, until when, and what has become of the "
    "licence that they handed in last; null if they have handed in none. Everybody "
    "else is refused.",
    responses=StandingSerializer,
    tags=["care"],
    problems=(PermissionDenied(),),
)
hand_in_license = documented(
    "hand_in_license",
    "Hand in a licence",
    "Doctors hand in a licence for staff to verify; one that still waits is replaced. "
    "A doctor who was never verified is known at once by what was handed in; who was, "
    "is known by what staff have verified until they decide, and asks here for another "
    "name, specialization or number. Everybody else is refused. Wants a "
    "password or a code given within the last minutes.",
    responses={201: DoctorVerificationSerializer},
    tags=["care"],
    problems=(
        refused(LicenseSerializer, {"license_number": " ", "status": "VERIFIED"}),
        LicenseNumberTaken(field="license_number"),
        PermissionDenied(),
        NO_RECENT_PROOF,
        wait(hours=20),
    ),
)
list_verifications = documented(
    "list_verifications",
    "List licences",
    "Staff with the right read the licences that wait for them, the newest first, or "
    "those in another "
    "state. Everybody else is refused.",
    responses=StaffVerificationSerializer(many=True),
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
    "Verify a doctor, or refuse",
    "Staff with the right say until when a doctor is verified, or why not. It is "
    "about the licence "
    "that waits; without one, about the number in the doctor's profile. Where nothing "
    "waits, a refusal takes back the verification. Everybody else is refused. Wants a "
    "password or a code given within the last minutes.",
    request=DECISION,
    responses=StaffVerificationSerializer,
    tags=["staff"],
    problems=(
        refused(VerifySerializer, {"decision": "VERIFY", "reason": "All is well."}),
        refused(RefuseSerializer, {"decision": "REFUSE"}),
        VerificationEndsWrong(field="valid_until"),
        LicenseNumberTaken(field="license_number"),
        PermissionDenied(),
        NO_RECENT_PROOF,
        NothingToVerify("This doctor has named no licence."),
        LicenseChanged(),
    ),
)
