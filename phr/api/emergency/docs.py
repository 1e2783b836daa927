"""Emergency access, in the document."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.exceptions import PermissionDenied

from phr.api.emergency.serializers import (
    EmergencyByIdSerializer,
    EmergencyByNameSerializer,
)
from phr.api.grants.representations import GrantJson
from phr.api.openapi.operation import (
    BAD_KEY,
    IDEMPOTENCY_KEY,
    NO_RECENT_PROOF,
    documented,
    refused,
    wait,
)
from phr.care.emergency_access import (
    EmergencyAccessOff,
    EmergencyAccessOpen,
    EndedByPatient,
    EndedByStaff,
)
from phr.care.grants import AlreadyInCare
from phr.care.services import NotVerified
from phr.core.errors import NotFound
from phr.identity.second_factor_rules import SecondFactorNeeded

EMERGENCY = PolymorphicProxySerializer(
    component_name="Emergency",
    serializers=[EmergencyByIdSerializer, EmergencyByNameSerializer],
    resource_type_field_name=None,
)

BY_NAME = {"username": "alice.moreau", "date_of_birth": "1987-04-12"}
open_emergency_access = documented(
    "open_emergency_access",
    "Open a patient's records in an emergency",
    "A verified doctor can open all records of a patient without the patient's "
    "consent, for an hour or as long as the installation allows. Name the patient by "
    "id, or by username and date of birth; the answer is the same whichever part is "
    "wrong. Patient and staff are notified at once, every access is logged as an "
    "emergency, and staff review it. The patient can end it; the doctor then cannot "
    "open it again before it would have expired. Requires a sign-in with two factors, "
    "and a password or code entered within the last five minutes. Off unless the "
    "installation turns it on. Everybody else is refused.",
    request=EMERGENCY,
    parameters=[IDEMPOTENCY_KEY],
    responses={201: GrantJson},
    tags=["care"],
    problems=(
        *BAD_KEY,
        refused(
            EmergencyByIdSerializer,
            BY_NAME
            | {
                "patient_id": "0198c0aa-3f1c-7d08-a1b6-e4c97d250f11",
                "reason_code": "UNCONSCIOUS",
                "reason": " ",
            },
        ),
        refused(
            EmergencyByNameSerializer,
            BY_NAME | {"reason_code": "CURIOUS", "reason": "Brought in unconscious."},
        ),
        PermissionDenied(),
        NO_RECENT_PROOF,
        SecondFactorNeeded("Set up a second factor and sign in with it."),
        EmergencyAccessOff(),
        NotVerified("Only verified doctors can use emergency access."),
        NotFound("This patient does not exist, or you may not see them."),
        AlreadyInCare(present="ACTIVE"),
        EmergencyAccessOpen(present="ACTIVE"),
        EndedByPatient(present="ENDED"),
        EndedByStaff(present="ENDED"),
        wait(minutes=40),
    ),
)
