"""Care as JSON: what is taken, and what is answered."""

from typing import Any

from rest_framework import serializers

from phr.accounts.models import UserType
from phr.api.accounts.serializers import NameSerializer, PatientSerializer
from phr.api.fields import (
    Choice,
    Day,
    Id,
    Moment,
    ShownAddress,
    StrictSerializer,
    Text,
    Whole,
)
from phr.api.grants.serializers import GrantSerializer
from phr.care.choices import BloodType


class AssignmentSerializer(StrictSerializer):
    """Which doctor to assign to which patient. Doctors may leave themselves out."""

    patient_id = Id()
    doctor_id = Id(
        required=False,
        allow_null=True,
        default=None,
        help_text=(
            "Doctors may leave this out to mean themselves. Staff always have to set "
            "it."
        ),
    )


class AssignedUserSerializer(NameSerializer):
    """The patient's account; more than the name only for staff who may see people."""

    username = Text(required=False)
    email = ShownAddress(required=False)
    user_type = Choice(UserType.choices, required=False)
    phone_number = Text(required=False)
    date_of_birth = Day(allow_null=True, required=False)


class AssignedPatientSerializer(PatientSerializer):
    """A patient; what is clinical is shown to doctors only, not to staff."""

    user = AssignedUserSerializer()  # type: ignore[assignment] # others see less
    emergency_contact = Text(required=False)
    blood_type = Choice(BloodType.choices, allow_blank=True, required=False)
    allergies = Text(required=False)


class AssignedSerializer(serializers.Serializer[Any]):
    """A patient, now in somebody's care."""

    message = Text()
    patient = AssignedPatientSerializer()


class RequestedSerializer(serializers.Serializer[Any]):
    """A grant that waits for the patient."""

    message = Text()
    grant = GrantSerializer()


class MyPatientSerializer(serializers.Serializer[Any]):
    """A patient in a doctor's care; the figures count what the doctor may see."""

    id = Id()
    name = Text()
    email = ShownAddress()
    phone = Text()
    blood_type = Choice(BloodType.choices, allow_blank=True)
    total_records = Whole(min_value=0)
    last_visit = Moment(allow_null=True)
