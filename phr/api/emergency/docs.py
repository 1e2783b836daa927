"""Emergency access, in the document."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.exceptions import PermissionDenied

from phr.api.emergency.serializers import (
    EmergencyByIdSerializer,
    EmergencyByNameSerializer,
)
from phr.api.grants.serializers import GrantSerializer
from phr.api.openapi.operation import NO_RECENT_PROOF, documented, refused, wait
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
    "A doctor whom staff have verified opens all records of a patient for an hour, or "
    "as long as the installation says, without the patient's yes. The patient is named "
    "by id, or by username and date of birth; whatever of it is wrong, the answer is "
    "the same. Patient and staff are told at once, every reading is entered as an "
    "emergency, staff review it, and the patient can end it, which holds until it "
    "would have run out. It wants a sign-in by two factors, and a password or code no "
    "older than five minutes. Off unless the installation has switched it on. "
    "Everybody else is refused.",
    request=EMERGENCY,
    responses={201: GrantSerializer},
    tags=["care"],
    problems=(
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
        SecondFactorNeeded("Set up a second factor, and sign in with it."),
        EmergencyAccessOff(),
        NotVerified("Only verified doctors have emergency access."),
        NotFound("There is no such patient."),
        AlreadyInCare(present="ACTIVE"),
        EmergencyAccessOpen(present="ACTIVE"),
        EndedByPatient(present="ENDED"),
        EndedByStaff(present="ENDED"),
        wait(minutes=40),
    ),
)
