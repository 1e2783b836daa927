"""Emergency access, in the document."""

from rest_framework.exceptions import PermissionDenied

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.emergency.serializers import (
    EmergencyByIdSerializer,
    EmergencyByNameSerializer,
)
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import ALICE_HERSELF, EMERGENCY_GRANT, PATIENT
from phr.care.emergency_access import (
    EmergencyAccessOff,
    EmergencyAccessOpen,
    EndedByPatient,
    EndedByStaff,
)
from phr.care.services import AlreadyInCare, NotVerified
from phr.core.errors import NotFound
from phr.identity.second_factor_rules import SecondFactorNeeded

WHY = {"reason_code": "UNCONSCIOUS", "reason": EMERGENCY_GRANT["reason"]}
BY_ID = WHY | {"patient_id": PATIENT["id"]}
BY_NAME = WHY | {name: ALICE_HERSELF[name] for name in ("username", "date_of_birth")}
OPEN_EMERGENCY_ACCESS = Operation(
    "Open a patient's records in an emergency",
    "A doctor whom staff have verified opens all records of a patient for an hour, or "
    "as long as the installation says, without the patient's yes. The patient is named "
    "by id, or by username and date of birth; whatever of it is wrong, the answer is "
    "the same. Patient and staff are told at once, every reading is entered as an "
    "emergency, staff review it, and the patient can end it, which holds until it "
    "would have run out. It wants a sign-in by two factors, and a password or code no "
    "older than five minutes. Off unless the installation has switched it on. "
    "Everybody else is refused.",
    requests={"by id": BY_ID, "by username and date of birth": BY_NAME},
    answers={201: {"opened": EMERGENCY_GRANT}},
    problems=(
        refused(EmergencyByIdSerializer, BY_NAME | BY_ID | {"reason": " "}),
        refused(EmergencyByNameSerializer, BY_NAME | {"reason_code": "CURIOUS"}),
        PermissionDenied(),
        StepUpRequired(GIVE_IT),
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
