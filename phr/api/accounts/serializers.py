"""Accounts as JSON: what is taken."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer

from phr.accounts.language import Language
from phr.accounts.models import (
    UserType,
    phone_number_validator,
    refuse_impossible_birth,
    username_validator,
)
from phr.accounts.names import NAMES
from phr.api.fields import (
    Address,
    Choice,
    Day,
    Line,
    NewPassword,
    StrictSerializer,
    Text,
    TimeZone,
    Whole,
    raise_invalid,
)
from phr.care.choices import BloodType
from phr.core.password_validation import normalized
from phr.identity.typed_codes import LONGEST_OTP, LONGEST_RECOVERY_CODE

LONGEST_PASSWORD = 256  # characters; argon2 takes any, a request should not
DOCTORS_FIELDS = ("specialization", "license_number", "years_of_experience")


def password_field(kind: type[Text] = Text, *, required: bool = True) -> Text:
    return kind(
        max_length=LONGEST_PASSWORD,
        required=required,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
    )


def otp_field(*, required: bool = True) -> Text:
    return Text(
        max_length=LONGEST_OTP,
        required=required,
        help_text="A code from your authenticator app. Spaces and hyphens are ignored.",
    )


def recovery_code_field(*, required: bool = True) -> Text:
    return Text(
        max_length=LONGEST_RECOVERY_CODE,
        required=required,
        help_text="Each code works once. Spaces and hyphens are ignored.",
    )


def take_confirmation(attrs: dict[str, Any]) -> None:
    """See that a new password was typed twice, and leave it once."""
    if normalized(attrs.pop("password_confirm")) != normalized(attrs["password"]):
        raise_invalid(
            "password_confirm", "mismatch", _("The two passwords do not match.")
        )


def name_field(help_text: str = "") -> Line:
    """One of somebody's two names, which may be blank where the other is not."""
    return Line(max_length=150, required=False, allow_blank=True, help_text=help_text)


def says(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


class PersonSerializer(StrictSerializer):
    """The part of an account that its owner may change."""

    email = Address()
    first_name = name_field("May be blank if last_name is not.")
    last_name = name_field("May be blank if first_name is not.")
    phone_number = Text(
        max_length=16,
        required=False,
        allow_blank=True,
        validators=[phone_number_validator],
    )
    date_of_birth = Day(
        required=False, allow_null=True, validators=[refuse_impossible_birth]
    )
    language = Choice(
        Language.choices,
        required=False,
        allow_blank=True,
        help_text="Of pages, mails and notifications; blank for that of the browser.",
    )
    time_zone = TimeZone(
        required=False,
        allow_blank=True,
        help_text="For times on pages and in mails, by its name in the IANA database; "
        "blank for that of the installation.",
    )

    class Meta:
        answered = ("id", "username", "user_type")

    def to_internal_value(self, data: Any) -> Any:
        """Where neither name says anything, both are at fault; changes may leave out
        the one that stays."""
        if isinstance(data, dict) and not any(says(data.get(name)) for name in NAMES):
            both = not self.root.partial or all(name in data for name in NAMES)
            for name in NAMES if both else ():
                field: Any = self.fields[name]
                field.required, field.allow_blank = True, False
        return super().to_internal_value(data)


class PatientPartSerializer(StrictSerializer):
    """What only patients have in their profiles."""

    emergency_contact = Line(max_length=200, required=False, allow_blank=True)
    blood_type = Choice(BloodType.choices, required=False, allow_blank=True)
    allergies = Text(
        max_length=2_000, required=False, allow_blank=True, trim_whitespace=False
    )


class DoctorPartSerializer(StrictSerializer):
    """What only doctors have in their profiles."""

    specialization = Line(max_length=100, required=False, allow_blank=True)
    license_number = Line(max_length=50, required=False, allow_blank=True)
    years_of_experience = Whole(
        min_value=0, max_value=80, required=False, allow_null=True
    )


class RegistrationSerializer(PersonSerializer, DoctorPartSerializer):
    """A new account; the last three fields are for doctors only."""

    username = Text(max_length=150, validators=[username_validator])
    password = password_field(NewPassword)
    password_confirm = password_field(NewPassword)
    user_type = Choice([UserType.PATIENT, UserType.DOCTOR])

    class Meta:
        answered = ("id",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        take_confirmation(attrs)
        given = [name for name in DOCTORS_FIELDS if name in attrs]
        if given and attrs["user_type"] != UserType.DOCTOR:
            raise_invalid(given[0], "doctors_only", _("Only doctors have this field."))
        attrs["profile"] = {name: attrs.pop(name) for name in given}
        return attrs


@extend_schema_serializer(
    component_name="PatientRegistration", exclude_fields=DOCTORS_FIELDS
)
class PatientRegistrationSerializer(RegistrationSerializer):
    """A new patient; says to the document what `validate` says to a request."""

    user_type = Choice([UserType.PATIENT])


@extend_schema_serializer(component_name="DoctorRegistration")
class DoctorRegistrationSerializer(RegistrationSerializer):
    """A new doctor."""

    user_type = Choice([UserType.DOCTOR])


class LoginSerializer(StrictSerializer):
    """Who one is, and the proof."""

    username = Text(max_length=254, help_text="The username, or the e-mail address.")
    password = password_field()
    otp = otp_field(required=False)
    recovery_code = recovery_code_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "otp" in attrs and "recovery_code" in attrs:
            raise_invalid(
                "recovery_code", "one_of_two", _("Send otp or recovery_code.")
            )
        return attrs


@extend_schema_serializer(
    component_name="LoginByOtp", exclude_fields=("recovery_code",)
)
class LoginByOtpSerializer(LoginSerializer):
    """Who one is, and the proof; a code where there is a second factor."""


@extend_schema_serializer(component_name="LoginByRecoveryCode", exclude_fields=("otp",))
class LoginByRecoveryCodeSerializer(LoginSerializer):
    """Who one is, and the proof, after the authenticator app was lost."""


class RefreshSerializer(StrictSerializer):
    """A refresh token that was not used yet."""

    refresh = Text(max_length=1_000)


class PatientProfileInputSerializer(PatientPartSerializer):
    """What patients may change of themselves."""

    user = PersonSerializer()

    class Meta:
        answered = ("id", "assigned_doctor")


class DoctorProfileInputSerializer(DoctorPartSerializer):
    """What doctors may change of themselves."""

    user = PersonSerializer()

    class Meta:
        answered = ("id", "is_verified", "verified_until")


class StaffProfileInputSerializer(StrictSerializer):
    """What staff may change of themselves."""

    user = PersonSerializer()
