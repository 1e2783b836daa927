"""Doctors, patients and who cares for whom, in the document."""

from rest_framework.exceptions import PermissionDenied

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.care.serializers import AssignmentSerializer
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.operation import Operation, raised, refused
from phr.api.openapi.people import (
    ASKED_BY_DOCTOR,
    BOBS_LICENSE,
    DANS_LICENSE,
    DR_BOB,
    DR_DAN,
    MY_PATIENT,
    PATIENT,
    page,
)
from phr.api.paging import decode, invalid
from phr.care.grants import DoctorNotVerified
from phr.care.services import (
    AlreadyInCare,
    AlreadyRequested,
    DoctorMissing,
    NotVerified,
    PatientHasPrimaryDoctor,
)
from phr.core.errors import NotAllowed, NotFound

BAD_PAGE = (
    raised(lambda: decode("a-cursor-of-somebody-else")),
    invalid("page_size", "Give a number from 1 to 100."),
)
DAN_LICENSED = DR_DAN | DANS_LICENSE
LIST_DOCTORS = Operation(
    "List doctors",
    "Everybody who is signed in may read the directory of doctors, the newest first. "
    "Licence numbers are shown to staff who may see doctors, and to each doctor "
    "their own.",
    answers={
        200: {
            "to patients": page(DR_DAN, DR_BOB),
            "to staff": page(DAN_LICENSED, DR_BOB | BOBS_LICENSE),
        }
    },
    problems=BAD_PAGE,
)
CLINICAL = ("blood_type", "allergies")
NOT_CLINICAL = {name: value for name, value in PATIENT.items() if name not in CLINICAL}
ASSIGN_DOCTOR = Operation(
    "Put a patient in a doctor's care",
    "Staff may give any patient any verified doctor. Doctors take a patient who has no "
    "primary doctor by leaving `doctor_id` out; the primary doctor may hand the "
    "patient over to another doctor. Where the installation requires consent, what "
    "doctors ask for waits until the patient accepts, and is answered with 202. "
    "Patients are refused, and so are staff without the right. Staff are not shown "
    "what is clinical, and beyond the name what they may see of people elsewhere. What "
    "does not wait for the patient wants a password or a code given within the last "
    "minutes.",
    requests={
        "a doctor, for themself": {"patient_id": PATIENT["id"]},
        "staff, or handing over": {
            "patient_id": PATIENT["id"],
            "doctor_id": DR_BOB["id"],
        },
    },
    answers={
        200: {
            "to a doctor": {"message": "The doctor was assigned.", "patient": PATIENT},
            "to staff": {
                "message": "The doctor was assigned.",
                "patient": NOT_CLINICAL,
            },
        },
        202: {"asked": {"message": "The patient was asked.", "grant": ASKED_BY_DOCTOR}},
    },
    problems=(
        refused(AssignmentSerializer, {"patient_id": "alice", "doctor": "bob"}),
        DoctorMissing(field="doctor_id"),
        PermissionDenied(),
        StepUpRequired(GIVE_IT),
        NotAllowed("Only the patient's primary doctor may hand over."),
        NotVerified("Only verified doctors may ask a patient for access."),
        NotFound("There is no such patient.", field="patient_id"),
        NotFound("There is no such doctor.", field="doctor_id"),
        AlreadyInCare(present="ACTIVE"),
        AlreadyRequested(present="PENDING"),
        wait(hours=7),
        PatientHasPrimaryDoctor(),
        DoctorNotVerified(field="doctor_id"),
    ),
)
LIST_MY_PATIENTS = Operation(
    "List the patients in one's care",
    "Doctors read which patients they care for at this moment, with figures that count "
    "only the records they may see. Everybody else is refused.",
    answers={200: {"one patient": page(MY_PATIENT)}},
    problems=(*BAD_PAGE, PermissionDenied()),
)
