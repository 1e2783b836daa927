"""Sessions, passwords and addresses, in the document."""

from phr.accounts.links import InvalidLink
from phr.accounts.passwords import WeakPassword, WrongPassword
from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.identity.representations import ON_ITS_WAY, SENT_AGAIN
from phr.api.identity.serializers import (
    ChangePasswordSerializer,
    ConfirmEmailSerializer,
    ForgotPasswordSerializer,
    ResetPasswordSerializer,
    StepUpSerializer,
)
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import ALICE, PASSWORD, SESSION, page
from phr.identity.email_confirmation import AddressConfirmed, AddressTaken
from phr.identity.second_factors import WrongCode

OTP = "492039"
RECOVERY_CODE = "mzxw-6ytb-oi3d-knjz-gq2t-cmbr-ifge-m3dp"
NEW_PASSWORD = "quiet-Meadow-71-kettle"  # noqa: S105 - nobody's
NEW_PASSWORDS = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
KEY = "MTdk:1wOqZy:6bX3eV0kq9QJr2mC8yP1sT4uW7zA5dF0gH3jK6lN9oQ"

LIST_SESSIONS = Operation(
    "List where one is signed in",
    "Everybody who is signed in reads their own sign-ins that still count: those with "
    "tokens, and for staff those at the admin site. One of them is the present one.",
    answers={200: {"one session": page(SESSION)}},
    problems=BAD_PAGE,
)
END_SESSION = Operation(
    "End a sign-in",
    "Everybody who is signed in may end any of their own sign-ins, with effect on its "
    "next request. What is somebody else's does not exist. Wants a password or a code "
    "given within the last minutes; signing out of the present one does not.",
    problems=(StepUpRequired(GIVE_IT),),
)
LOGOUT_ALL = Operation(
    "Sign out everywhere",
    "Everybody who is signed in may end all of their own sign-ins at once, the present "
    "one included, and is told by notification and mail. Wants a password or a code "
    "given within the last minutes.",
    problems=(StepUpRequired(GIVE_IT),),
)
STEP_UP = Operation(
    "Show again who one is",
    "Whatever outlives the token wants a password or a code that is no older than five "
    "minutes: giving access, what identifies one, second factors, ending sign-ins, "
    "export, erasure. This gives one; signing in counts as well. An app's code and a "
    "recovery code count once.",
    requests={
        "the password": {"password": PASSWORD},
        "a code of the app": {"otp": OTP},
        "a recovery code": {"recovery_code": RECOVERY_CODE},
    },
    problems=(
        refused(StepUpSerializer, {}),
        WrongPassword(field="password"),
        WrongCode(field="otp"),
        wait(minutes=14),
    ),
)
CHANGE_PASSWORD = Operation(
    "Change one's password",
    "Everybody who is signed in may choose another password by giving the present one. "
    "All their other sign-ins end, and they are told by notification and mail.",
    requests={"the new one twice": {"current_password": PASSWORD, **NEW_PASSWORDS}},
    problems=(
        refused(ChangePasswordSerializer, {"current_password": PASSWORD}),
        WeakPassword("This password is too common.", field="password"),
        WrongPassword(field="current_password"),
        wait(minutes=14),
    ),
)
FORGOT_PASSWORD = Operation(
    "Ask for a link to set a new password",
    "Anybody may have a link sent to an e-mail address that an account has confirmed. "
    "It works once, within an hour. Whether there is such an account shows neither in "
    "the answer nor in its time.",
    requests={"an address": {"email": ALICE["email"]}},
    answers={202: {"whatever the address": ON_ITS_WAY}},
    problems=(refused(ForgotPasswordSerializer, {"email": "alice"}), wait(minutes=40)),
)
RESET_PASSWORD = Operation(
    "Set a new password by a link",
    "Whoever has the link sets a new password. All sign-ins of the account end, and "
    "nobody is signed in by it: a second factor is asked for as ever.",
    requests={"the key of the link": {"key": KEY, **NEW_PASSWORDS}},
    problems=(
        refused(ResetPasswordSerializer, {"key": "", **NEW_PASSWORDS}),
        WeakPassword("This password is too common.", field="password"),
        InvalidLink(field="key"),
        wait(minutes=40),
    ),
)
CONFIRM_EMAIL = Operation(
    "Confirm an e-mail address by a link",
    "Whoever has the link confirms that the address is theirs. It works once, within "
    "an hour. An address that is confirmed gets other mails than those about the "
    "safety of the account, and links for a new password.",
    requests={"the key of the link": {"key": KEY}},
    problems=(
        refused(ConfirmEmailSerializer, {"key": ""}),
        InvalidLink(field="key"),
        AddressTaken(),
    ),
)
RESEND_EMAIL = Operation(
    "Have the link to confirm one's address sent again",
    "Everybody who is signed in may ask for it, five times an hour.",
    answers={202: {"sent": SENT_AGAIN}},
    problems=(AddressConfirmed(), wait(minutes=40)),
)
