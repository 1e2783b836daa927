"""Signing up, in and out, and profiles, in the document."""

from functools import partial

from drf_spectacular.utils import PolymorphicProxySerializer

from phr.accounts.models import UserType
from phr.accounts.passwords import WeakPassword
from phr.accounts.tokens import InvalidToken
from phr.api.accounts.serializers import (
    DoctorProfileInputSerializer,
    DoctorRegistrationSerializer,
    LoginByOtpSerializer,
    LoginByRecoveryCodeSerializer,
    LoginSerializer,
    OwnDoctorSerializer,
    PatientProfileInputSerializer,
    PatientRegistrationSerializer,
    PatientSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    SignedInSerializer,
    StaffProfileInputSerializer,
    StaffProfileSerializer,
    TokensSerializer,
)
from phr.api.openapi.operation import NO_RECENT_PROOF, documented, refused, wait
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
    serializers=[PatientSerializer, OwnDoctorSerializer, StaffProfileSerializer],
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
    "Open an account",
    "Anybody may open an account, as a patient or as a doctor, and is signed in to it "
    "at once. A doctor can be found in the directory from then on, and is marked as "
    "verified when staff have checked the licence number.",
    request=REGISTRATION,
    responses={201: SignedInSerializer},
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
    "Anybody may exchange a username, or the e-mail address (of the account that has "
    "confirmed it, else of the oldest one that has it), and the password for a pair of "
    "tokens. Whose account has a second factor is answered `mfa_required` and sends a "
    "code as well. Each sign-in is a login session of its own.",
    request=LOGIN,
    responses=SignedInSerializer,
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
    "Whoever holds a refresh token may exchange it, once, for a new pair. "
    "Presented again within ten seconds, by a second tab or after a lost answer, it "
    "gets the same new refresh token. Presenting it later ends the whole login "
    "session, because somebody has a copy.",
    responses=TokensSerializer,
    problems=(refused(RefreshSerializer, {}), InvalidToken(), wait(seconds=41)),
)
logout = operation(
    "logout",
    "Sign out",
    "Everybody who is signed in may end the login session that the token belongs to: "
    "its access token and its refresh token stop working at once.",
    request=None,
    responses={204: None},
)
read_profile = operation(
    "read_profile",
    "Read one's own profile",
    "Everybody who is signed in reads their own account: patients with the patient's "
    "part, doctors with the doctor's part, staff the account alone.",
    responses=PROFILE,
)
NOT_A_PROFILE = refused(
    PatientProfileInputSerializer,
    {
        "user": {"email": "", "first_name": "Alice", "username": "alice"},
        "blood_type": "C+",
    },
)
WHO_ONE_IS = (
    "By what one is known, found and reached (names, date of birth, address, phone, "
    "emergency contact; a doctor's licence and specialization) changes only with a "
    "password or code no older than five minutes. Another e-mail address has to be "
    "confirmed, and the old one is told; it can be changed five times an hour."
)
replace_profile = operation(
    "replace_profile",
    "Replace one's own profile",
    "Everybody who is signed in may write their own account and profile anew; optional "
    "fields that are left out stay as they are. What staff have verified of a doctor "
    f"changes by handing in the licence anew. {WHO_ONE_IS}",
    request=PROFILE_INPUT,
    responses=PROFILE,
    problems=(
        NOT_A_PROFILE,
        NO_RECENT_PROOF,
        LicenseNumberTaken(field="license_number"),
        VerifiedIdentity(field="user.last_name"),
        wait(minutes=40),
    ),
)
change_profile = operation(
    "change_profile",
    "Change parts of one's own profile",
    "Everybody who is signed in may change single fields of their own account and "
    "profile; all others stay as they are. What staff have verified of a doctor "
    f"changes by handing in the licence anew. {WHO_ONE_IS}",
    request=PROFILE_INPUT,
    responses=PROFILE,
    problems=(
        NOT_A_PROFILE,
        NO_RECENT_PROOF,
        LicenseNumberTaken(field="license_number"),
        VerifiedIdentity(field="user.last_name"),
        wait(minutes=40),
    ),
)
