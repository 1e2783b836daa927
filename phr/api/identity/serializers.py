"""Proof of who one is, as JSON: what is taken."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from phr.api.accounts.serializers import (
    otp_field,
    password_field,
    recovery_code_field,
    take_confirmation,
)
from phr.api.fields import (
    Address,
    Choice,
    Items,
    Line,
    NewPassword,
    StrictSerializer,
    Text,
    Whole,
    raise_invalid,
)
from phr.api.json import JsonObject

LONGEST_KEY = 500  # characters, of what stands in a mailed link
LONGEST_CHALLENGE = 100
LONGEST_NAME = 100
LONGEST_PART = 20_000  # characters of one member of a passkey's answer


class StepUpSerializer(StrictSerializer):
    """One proof of who one is."""

    password = password_field(required=False)
    otp = otp_field(required=False)
    recovery_code = recovery_code_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise_invalid(
                "password", "one_of_these", _("Send password, otp or recovery_code.")
            )
        return attrs


@extend_schema_serializer(
    component_name="StepUpByPassword", exclude_fields=("otp", "recovery_code")
)
class StepUpByPasswordSerializer(StepUpSerializer):
    """The password once more."""

    password = password_field()


@extend_schema_serializer(
    component_name="StepUpByOtp", exclude_fields=("password", "recovery_code")
)
class StepUpByOtpSerializer(StepUpSerializer):
    """A code of the authenticator app."""

    otp = otp_field()


@extend_schema_serializer(
    component_name="StepUpByRecoveryCode", exclude_fields=("password", "otp")
)
class StepUpByRecoveryCodeSerializer(StepUpSerializer):
    """One of the recovery codes."""

    recovery_code = recovery_code_field()


class TwoPasswordsSerializer(StrictSerializer):
    """A new password, twice."""

    password = password_field(NewPassword)
    password_confirm = password_field(NewPassword)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        take_confirmation(attrs)
        return attrs


class ChangePasswordSerializer(TwoPasswordsSerializer):
    """The present password, and the new one."""

    current_password = password_field()


class ForgotPasswordSerializer(StrictSerializer):
    """Where the link is to be sent, if that is somebody's."""

    email = Address()


class ResetPasswordSerializer(TwoPasswordsSerializer):
    """What stands behind `#key=` in the link, and the new password."""

    key = Text(max_length=LONGEST_KEY)


class ConfirmEmailSerializer(StrictSerializer):
    """What stands behind `#key=` in the link."""

    key = Text(max_length=LONGEST_KEY)


class OtpSerializer(StrictSerializer):
    """A first code of a new authenticator app."""

    otp = otp_field()


class AuthenticatorAnswerSerializer(StrictSerializer):
    """What the authenticator answers; each member base64url (WebAuthn, section 5.1)."""

    clientDataJSON = Text(max_length=LONGEST_PART)
    attestationObject = Text(max_length=LONGEST_PART, required=False)
    authenticatorData = Text(max_length=LONGEST_PART, required=False)
    signature = Text(max_length=LONGEST_PART, required=False)
    userHandle = Text(max_length=LONGEST_PART, required=False, allow_null=True)
    publicKey = Text(max_length=LONGEST_PART, required=False, allow_null=True)
    publicKeyAlgorithm = Whole(required=False)
    transports = Items(
        child=Text(max_length=30, allow_blank=True), max_length=10, required=False
    )


class CredentialSerializer(StrictSerializer):
    """A public key credential, as `toJSON()` of the browser's API gives it."""

    id = Text(max_length=2_000)
    rawId = Text(max_length=2_000)
    type = Choice(["public-key"])
    response = AuthenticatorAnswerSerializer()
    authenticatorAttachment = Text(max_length=30, required=False, allow_null=True)
    clientExtensionResults = serializers.DictField(required=False)

    def validate_clientExtensionResults(self, value: JsonObject) -> JsonObject:
        """Keep only known members: the rest could be anything and would be stored."""
        asked = value.get("credProps")
        resident = asked.get("rk") if isinstance(asked, dict) else None
        return {"credProps": {"rk": resident}} if isinstance(resident, bool) else {}


class AnsweredChallengeSerializer(StrictSerializer):
    """An answer to a challenge that was begun."""

    challenge = Text(max_length=LONGEST_CHALLENGE)
    credential = CredentialSerializer()


class NewPasskeySerializer(AnsweredChallengeSerializer):
    """A new passkey, and a name to know it by."""

    name = Line(max_length=LONGEST_NAME)


class PasskeyNameSerializer(StrictSerializer):
    """A name to know a passkey by."""

    name = Line(max_length=LONGEST_NAME)
