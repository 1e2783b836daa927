"""Signing up, in and out, and profiles, in the document."""

from functools import partial

from drf_spectacular.utils import PolymorphicProxySerializer

from phr.accounts.models import UserType
from phr.accounts.passwords import WeakPassword
from phr.accounts.tokens import InvalidToken
from phr.api.accounts.representations import (
    OwnDoctorJson,
    PatientJson,
    SignedInJson,
    StaffProfileJson,
    TokensJson,
)
from phr.api.accounts.serializers import (
    DoctorProfileInputSerializer,
    DoctorRegistrationSerializer,
    LoginByOtpSerializer,
    LoginByRecoveryCodeSerializer,
    LoginSerializer,
    PatientProfileInputSerializer,
    PatientRegistrationSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    StaffProfileInputSerializer,
)
from phr.api.openapi.answers import serializer_of
from phr.api.openapi.operation import (
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    NO_RECENT_PROOF,
    STALE,
    documented,
    refused,
    wait,
)
from phr.care.profiles import VerifiedIdentity
from phr.care.registration import LicenseNumberTaken, UsernameTaken
from phr.identity.sign_in import InvalidCode, InvalidCredentials, MfaRequired

operation = partial(documented, tags=["auth"])

REGISTRATION = PolymorphicProxySerializer(
    component_name="Registration",
    serializers={
        UserType.PATIENT.value: PatientRegistrationSerializer,
        UserType.DOCTOR.value: DoctorRegistrationSerializer,
    },
    resource_type_field_name="user_type",
)

LOGIN = PolymorphicProxySerializer(
    component_name="Login",
    serializers=[LoginByOtpSerializer, LoginByRecoveryCodeSerializer],
    resource_type_field_name=None,
)

PROFILE = PolymorphicProxySerializer(
    component_name="Profile",
    serializers=[*map(serializer_of, (PatientJson, OwnDoctorJson, StaffProfileJson))],
    resource_type_field_name=None,
)

PROFILE_INPUT = PolymorphicProxySerializer(
    component_name="ProfileInput",
    serializers=[
        PatientProfileInputSerializer,
        DoctorProfileInputSerializer,
        StaffProfileInputSerializer,
    ],
    resource_type_field_name=None,
)


NEW_ACCOUNT = {
    "username": "alice.moreau",
    "email": "alice.moreau@example.org",
    "first_name": "Alice",
    "last_name": "Moreau",
    "user_type": "PATIENT",
    "password": "violet-Harbour-29-lamp",
    "password_confirm": "violet-Harbour-29-lamp",
}
register = operation(
    "register",
    "Create an account",
    "Anybody can create an account, as a patient or as a doctor, and is signed in at "
    "once. New doctors appear in the directory at once; they are marked as verified "
    "when staff have checked the licence number.",
    request=REGISTRATION,
    responses={201: SignedInJson},
    problems=(
        refused(
            RegistrationSerializer,
            NEW_ACCOUNT
            | {
                "email": "alice.moreau",
                "password_confirm": "something else",
                "user_type": "ADMIN",
                "is_staff": True,
            },
        ),
        refused(RegistrationSerializer, NEW_ACCOUNT | {"specialization": "Surgery"}),
        UsernameTaken(field="username"),
        WeakPassword("This password is too common.", field="password"),
        LicenseNumberTaken(field="license_number"),
        VerifiedIdentity(field="user.last_name"),
        wait(minutes=40),
    ),
)
login = operation(
    "login",
    "Sign in",
    "Anybody can exchange a username or e-mail address and a password for a pair of "
    "tokens. An e-mail address stands for the account that has confirmed it, "
    "otherwise for the oldest account with this address. If the account has a second "
    "factor, the answer is `mfa_required`: send a code as well. Each sign-in starts a "
    "new session.",
    request=LOGIN,
    responses=SignedInJson,
    problems=(
        refused(LoginSerializer, {"username": "alice.moreau"}),
        InvalidCredentials(),
        MfaRequired(),
        InvalidCode(),
        wait(minutes=14),
    ),
)
refresh_token = operation(
    "refresh_token",
    "Get new tokens",
    "Anybody with a refresh token can exchange it once for a new pair. If it is sent "
    "again within ten seconds, by a second tab or after a lost answer, the answer has "
    "the same new refresh token. If it is sent later, the whole session ends, because "
    "somebody has a copy of the token.",
    responses=TokensJson,
    problems=(refused(RefreshSerializer, {}), InvalidToken(), wait(seconds=41)),
)
logout = operation(
    "logout",
    "Sign out",
    "Everybody who is signed in can end the session of their token. Its access token "
    "and its refresh token stop working at once.",
    request=None,
    responses={204: None},
)
read_profile = operation(
    "read_profile",
    "Read your profile",
    "Everybody who is signed in can read their own account. Patients and doctors also "
    "get their profile; staff get only the account.",
    parameters=[ETAG, IF_NONE_MATCH],
    responses={200: PROFILE, 304: None},
)
BAD_PROFILE = (
    *STALE,
    refused(
        PatientProfileInputSerializer,
        {
            "user": {"email": "", "first_name": "Alice", "username": "alice"},
            "blood_type": "C+",
        },
    ),
    NO_RECENT_PROOF,
    LicenseNumberTaken(field="license_number"),
    VerifiedIdentity(field="user.last_name"),
    wait(minutes=40),
)
WHO_ONE_IS = (
    "Identity and contact details (names, date of birth, address, phone, emergency "
    "contact; a doctor's licence and specialization) can only be changed within five "
    "minutes after entering a password or a code. A new e-mail address must be "
    "confirmed, and the old one gets a notice; the address can be changed five times "
    "an hour."
)
replace_profile = operation(
    "replace_profile",
    "Replace your profile",
    "Everybody who is signed in can replace their own account and profile. Optional "
    "fields that you leave out stay as they are. To change what staff have verified, "
    f"a doctor submits the licence again. {WHO_ONE_IS}",
    request=PROFILE_INPUT,
    parameters=[ETAG, IF_MATCH],
    responses=PROFILE,
    problems=BAD_PROFILE,
)
change_profile = operation(
    "change_profile",
    "Change parts of your profile",
    "Everybody who is signed in can change single fields of their own account and "
    "profile. All other fields stay as they are. To change what staff have verified, "
    f"a doctor submits the licence again. {WHO_ONE_IS}",
    request=PROFILE_INPUT,
    parameters=[ETAG, IF_MATCH],
    responses=PROFILE,
    problems=BAD_PROFILE,
)
