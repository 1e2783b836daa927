"""Signing up, in and out, and one's own profile, in the document."""

from datetime import timedelta

from phr.accounts.passwords import WeakPassword
from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.accounts.tokens import InvalidToken
from phr.api.accounts.serializers import (
    LoginSerializer,
    PatientProfileInputSerializer,
    RefreshSerializer,
    RegistrationSerializer,
)
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import (
    ALICE,
    ALICE_HERSELF,
    ALICES_PART,
    BOB,
    BOB_HIMSELF,
    BOBS_LICENSE,
    OWN_DOCTOR,
    PASSWORD,
    PATIENT,
    SAM_HIMSELF,
    STAFF,
    TOKENS,
    Value,
)
from phr.care.registration import LicenseNumberTaken, UsernameTaken, VerifiedIdentity
from phr.core.errors import TooMany
from phr.identity.sign_in import InvalidCode, InvalidCredentials, MfaRequired


def wait(**time: int) -> TooMany:
    seconds = int(timedelta(**time).total_seconds())
    return TooMany("Please wait before you try again.", retry_after=seconds)


def registration(person: Value, **others: object) -> Value:
    passwords = {"password": PASSWORD, "password_confirm": PASSWORD}
    return {name: person[name] for name in person if name != "id"} | passwords | others


def person(user: Value, **changed: object) -> Value:
    mine = ("email", "first_name", "last_name", "phone_number", "date_of_birth")
    return {name: user[name] for name in mine} | changed


MOVED = {"phone_number": "+441632960555"}
DOCTORS_PART = {
    "specialization": "Orthopaedics",
    "license_number": "MED-204517",
    "years_of_experience": 21,
}
REGISTER = Operation(
    "Open an account",
    "Anybody may open an account, as a patient or as a doctor, and is signed in to it "
    "at once. A doctor can be found in the directory from then on, and is marked as "
    "verified when staff have checked the licence number.",
    requests={
        "a patient": registration(ALICE_HERSELF),
        "a doctor": registration(BOB_HIMSELF, **DOCTORS_PART),
    },
    answers={
        201: {
            "a patient": {"user": ALICE, "tokens": TOKENS},
            "a doctor": {"user": BOB, "tokens": TOKENS},
        }
    },
    problems=(
        refused(
            RegistrationSerializer,
            registration(
                ALICE,
                email="alice.moreau",
                password_confirm="something else",  # noqa: S106 - an example
                user_type="ADMIN",
                is_staff=True,
            ),
        ),
        refused(RegistrationSerializer, registration(ALICE, specialization="Surgery")),
        UsernameTaken(field="username"),
        WeakPassword("This password is too common.", field="password"),
        LicenseNumberTaken(field="license_number"),
        VerifiedIdentity(field="user.last_name"),
        wait(minutes=40),
    ),
)
LOGIN = Operation(
    "Sign in",
    "Anybody may exchange a username, or the e-mail address (of the account that has "
    "confirmed it, else of the oldest one that has it), and the password for a pair of "
    "tokens. Whose account has a second factor is answered `mfa_required` and sends a "
    "code as well. Each sign-in is a login session of its own.",
    requests={
        "by username": {"username": ALICE["username"], "password": PASSWORD},
        "by e-mail address": {"username": ALICE["email"], "password": PASSWORD},
        "with a code": {
            "username": ALICE["username"],
            "password": PASSWORD,
            "otp": "492039",
        },
    },
    answers={200: {"signed in": {"user": ALICE, "tokens": TOKENS}}},
    problems=(
        refused(LoginSerializer, {"username": ALICE["username"]}),
        InvalidCredentials(),
        MfaRequired(),
        InvalidCode(),
        wait(minutes=14),
    ),
)
REFRESH_TOKEN = Operation(
    "Get new tokens",
    "Whoever holds a refresh token may exchange it, once, for a new pair. "
    "Presented again within ten seconds, by a second tab or after a lost answer, it "
    "gets the same new refresh token. Presenting it later ends the whole login "
    "session, because somebody has a copy.",
    requests={"a refresh token": {"refresh": TOKENS["refresh"]}},
    answers={200: {"new tokens": TOKENS}},
    problems=(refused(RefreshSerializer, {}), InvalidToken(), wait(seconds=41)),
)
LOGOUT = Operation(
    "Sign out",
    "Everybody who is signed in may end the login session that the token belongs to: "
    "its access token and its refresh token stop working at once.",
)
READ_PROFILE = Operation(
    "Read one's own profile",
    "Everybody who is signed in reads their own account: patients with the patient's "
    "part, doctors with the doctor's part, staff the account alone.",
    answers={
        200: {"a patient": PATIENT, "a doctor": OWN_DOCTOR, "an administrator": STAFF}
    },
)
NOT_A_PROFILE = refused(
    PatientProfileInputSerializer,
    {"user": person(ALICE_HERSELF, email="", username="alice"), "blood_type": "C+"},
)
PATIENT_MOVED = PATIENT | {"user": ALICE_HERSELF | MOVED}
DOCTOR_MOVED = OWN_DOCTOR | {"user": BOB_HIMSELF | MOVED}
STAFF_MOVED = {"user": SAM_HIMSELF | MOVED}
ANSWERS_MOVED = {
    200: {
        "a patient": PATIENT_MOVED,
        "a doctor": DOCTOR_MOVED,
        "an administrator": STAFF_MOVED,
    }
}
WHO_ONE_IS = (
    "By what one is known, found and reached (names, date of birth, address, phone, "
    "emergency contact; a doctor's licence and specialization) changes only with a "
    "password or code no older than five minutes. Another e-mail address has to be "
    "confirmed, and the old one is told; it can be changed five times an hour."
)
REPLACE_PROFILE = Operation(
    "Replace one's own profile",
    "Everybody who is signed in may write their own account and profile anew; optional "
    "fields that are left out stay as they are. What staff have verified of a doctor "
    f"changes by handing in the licence anew. {WHO_ONE_IS}",
    requests={
        "a patient": {"user": person(ALICE_HERSELF, **MOVED), **ALICES_PART},
        "a doctor": {"user": person(BOB_HIMSELF, **MOVED), **DOCTORS_PART},
        "an administrator": {"user": person(SAM_HIMSELF, **MOVED)},
    },
    answers=ANSWERS_MOVED,
    problems=(
        NOT_A_PROFILE,
        StepUpRequired(GIVE_IT),
        LicenseNumberTaken(field="license_number"),
        VerifiedIdentity(field="user.last_name"),
        wait(minutes=40),
    ),
)
CHANGE_PROFILE = Operation(
    "Change parts of one's own profile",
    "Everybody who is signed in may change single fields of their own account and "
    "profile; all others stay as they are. What staff have verified of a doctor "
    f"changes by handing in the licence anew. {WHO_ONE_IS}",
    requests={
        "a patient": {"user": MOVED, "allergies": ALICES_PART["allergies"]},
        "a doctor": {"user": MOVED, **BOBS_LICENSE},
        "an administrator": {"user": MOVED},
    },
    answers=ANSWERS_MOVED,
    problems=(
        NOT_A_PROFILE,
        StepUpRequired(GIVE_IT),
        LicenseNumberTaken(field="license_number"),
        VerifiedIdentity(field="user.last_name"),
        wait(minutes=40),
    ),
)
