"""Accounts as JSON: what is taken, and what is answered."""

from datetime import UTC, date, datetime
from typing import Any

from rest_framework import serializers

from phr.accounts.models import UserType, phone_number_validator, username_validator
from phr.api.fields import Choice, Day, Id, StrictSerializer, Text, Whole, refuse
from phr.care.choices import BloodType

LONGEST_PASSWORD = 256  # characters; argon2 takes any, a request should not
EARLIEST_BIRTH = date(1900, 1, 1)
DOCTORS_FIELDS = ("specialization", "license_number", "years_of_experience")


def password_field() -> Text:
    return Text(
        max_length=LONGEST_PASSWORD,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
    )


def refuse_impossible_birth(value: date | None) -> date | None:
    if value is not None and not EARLIEST_BIRTH <= value <= datetime.now(UTC).date():
        raise serializers.ValidationError(
            "Give a day from 1900 until today.", "date_of_birth_out_of_range"
        )
    return value


class PersonSerializer(StrictSerializer):
    """The part of an account that its owner may change."""

    email = serializers.EmailField(max_length=254)
    first_name = Text(max_length=150)
    last_name = Text(max_length=150)
    phone_number = Text(
        max_length=16,
        required=False,
        allow_blank=True,
        validators=[phone_number_validator],
    )
    date_of_birth = Day(required=False, allow_null=True)

    class Meta:
        answered = ("id", "username", "user_type")

    def validate_date_of_birth(self, value: date | None) -> date | None:
        return refuse_impossible_birth(value)


class PatientPartSerializer(StrictSerializer):
    emergency_contact = Text(max_length=200, required=False, allow_blank=True)
    blood_type = Choice(BloodType.choices, required=False, allow_blank=True)
    allergies = Text(
        max_length=2_000, required=False, allow_blank=True, trim_whitespace=False
    )


class DoctorPartSerializer(StrictSerializer):
    specialization = Text(max_length=100, required=False, allow_blank=True)
    license_number = Text(max_length=50, required=False, allow_blank=True)
    years_of_experience = Whole(
        min_value=0, max_value=80, required=False, allow_null=True
    )


class RegistrationSerializer(PersonSerializer, DoctorPartSerializer):
    """A new account; the last three fields are for doctors only."""

    username = Text(max_length=150, validators=[username_validator])
    password = password_field()
    password_confirm = password_field()
    user_type = Choice([UserType.PATIENT, UserType.DOCTOR])

    class Meta:
        answered = ("id",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.pop("password_confirm") != attrs["password"]:
            refuse("password_confirm", "mismatch", "The two passwords differ.")
        given = [name for name in DOCTORS_FIELDS if name in attrs]
        if given and attrs["user_type"] != UserType.DOCTOR:
            refuse(given[0], "doctors_only", "Only doctors have this.")
        attrs["profile"] = {name: attrs.pop(name) for name in given}
        return attrs


class LoginSerializer(StrictSerializer):
    username = Text(max_length=254, help_text="The username, or the e-mail address.")
    password = password_field()


class RefreshSerializer(StrictSerializer):
    refresh = Text(max_length=1_000)


class PatientProfileInputSerializer(PatientPartSerializer):
    user = PersonSerializer()

    class Meta:
        answered = ("id", "assigned_doctor")


class DoctorProfileInputSerializer(DoctorPartSerializer):
    user = PersonSerializer()

    class Meta:
        answered = ("id", "is_verified")


class StaffProfileInputSerializer(StrictSerializer):
    user = PersonSerializer()


class UserSerializer(serializers.Serializer[Any]):
    id = Id()
    username = Text()
    email = serializers.EmailField()
    first_name = Text()
    last_name = Text()
    user_type = Choice(UserType.choices)


class OwnUserSerializer(UserSerializer):
    phone_number = Text()
    date_of_birth = Day(allow_null=True)


class TokensSerializer(serializers.Serializer[Any]):
    access = Text()
    refresh = Text()


class SignedInSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    tokens = TokensSerializer()


class DoctorsNameSerializer(serializers.Serializer[Any]):
    id = Id()
    first_name = Text()
    last_name = Text()


class DoctorSerializer(serializers.Serializer[Any]):
    """A doctor; the licence number is shown to staff and to its owner only."""

    id = Id()
    user = DoctorsNameSerializer()
    specialization = Text()
    license_number = Text(required=False)
    years_of_experience = Whole(allow_null=True)
    is_verified = serializers.BooleanField()


class OwnDoctorSerializer(DoctorSerializer):
    user = OwnUserSerializer()  # type: ignore[assignment] # more than others see


class PatientSerializer(serializers.Serializer[Any]):
    id = Id()
    user = OwnUserSerializer()
    emergency_contact = Text()
    blood_type = Choice(BloodType.choices, allow_blank=True)
    allergies = Text()
    assigned_doctor = DoctorSerializer(allow_null=True)


class StaffProfileSerializer(serializers.Serializer[Any]):
    user = OwnUserSerializer()
