"""Doctors, patients and assignments, in the document."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import PermissionDenied

from phr.api.accounts.serializers import DoctorSerializer
from phr.api.care.serializers import (
    AssignedSerializer,
    AssignmentSerializer,
    RequestedSerializer,
)
from phr.api.openapi.operation import (
    BAD_PAGE,
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
    "Everybody who is signed in may read the directory of doctors, the newest first. "
    "Licence numbers are shown to staff who may see doctors, and to each doctor "
    "their own.",
    responses=DoctorSerializer(many=True),
    tags=["care"],
    problems=BAD_PAGE,
)
assign_doctor = documented(
    "assign_doctor",
    "Put a patient in a doctor's care",
    "Staff may give any patient any verified doctor. Doctors take a patient who has no "
    "primary doctor by leaving `doctor_id` out; the primary doctor may hand the "
    "patient over to another doctor. Where the installation requires consent, what "
    "doctors ask for waits until the patient accepts, and is answered with 202. "
    "Patients are refused, and so are staff without the right. Staff are not shown "
    "what is clinical, and beyond the name what they may see of people elsewhere. What "
    "does not wait for the patient wants a password or a code given within the last "
    "minutes.",
    responses={
        200: OpenApiResponse(AssignedSerializer, "In care now."),
        202: OpenApiResponse(RequestedSerializer, "The patient has been asked."),
    },
    tags=["care"],
    problems=(
        refused(AssignmentSerializer, {"patient_id": "alice", "doctor": "bob"}),
        DoctorMissing(field="doctor_id"),
        PermissionDenied(),
        NO_RECENT_PROOF,
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
