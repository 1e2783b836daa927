"""Doctors, patients and assignments, in the document."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import PermissionDenied

from phr.api.accounts.representations import DoctorJson
from phr.api.care.representations import AssignedJson, RequestedJson
from phr.api.care.serializers import (
    AssignmentSerializer,
)
from phr.api.openapi.answers import serializer_of
from phr.api.openapi.operation import (
    BAD_KEY,
    BAD_PAGE,
    IDEMPOTENCY_KEY,
    NO_RECENT_PROOF,
    documented,
    refused,
    wait,
)
from phr.care.grants import AlreadyInCare, AlreadyRequested, DoctorNotVerified
from phr.care.services import DoctorMissing, NotVerified, PatientHasPrimaryDoctor
from phr.core.errors import NotAllowed, NotFound

list_doctors = documented(
    "list_doctors",
    "List doctors",
    "Everybody who is signed in can read the directory of doctors, newest first. "
    "Staff who may see doctors get licence numbers; doctors get their own.",
    responses=list[DoctorJson],
    tags=["care"],
    problems=BAD_PAGE,
)
assign_doctor = documented(
    "assign_doctor",
    "Assign a doctor to a patient",
    "Staff can assign any verified doctor to any patient. Doctors leave `doctor_id` "
    "out to take a patient who has no primary doctor; the primary doctor can hand the "
    "patient over to another doctor. If the installation requires consent, a doctor's "
    "request waits until the patient accepts, and the answer is a 202. Patients are "
    "refused, and so are staff without the permission. Staff see nothing clinical in "
    "the answer, and besides the name only what they may see of people elsewhere. If "
    "the patient is not asked, this requires a password or code entered within the "
    "last five minutes.",
    parameters=[IDEMPOTENCY_KEY],
    responses={
        200: OpenApiResponse(serializer_of(AssignedJson), "The doctor has access now."),
        202: OpenApiResponse(serializer_of(RequestedJson), "The patient was asked."),
    },
    tags=["care"],
    problems=(
        *BAD_KEY,
        refused(AssignmentSerializer, {"patient_id": "alice", "doctor": "bob"}),
        DoctorMissing(field="doctor_id"),
        PermissionDenied(),
        NO_RECENT_PROOF,
        NotAllowed("Only the primary doctor may hand over the patient."),
        NotVerified("Only verified doctors may ask a patient for access."),
        NotFound(
            "This patient does not exist, or you may not see them.",
            field="patient_id",
        ),
        NotFound(
            "This doctor does not exist, or you may not see them.", field="doctor_id"
        ),
        AlreadyInCare(present="ACTIVE"),
        AlreadyRequested(present="PENDING"),
        wait(hours=7),
        PatientHasPrimaryDoctor(),
        DoctorNotVerified(field="doctor_id"),
    ),
)
