"""Sessions, passwords, addresses and factors, in the document."""

from functools import partial

from drf_spectacular.utils import PolymorphicProxySerializer

from phr.accounts.links import InvalidLink
from phr.accounts.passwords import WeakPassword, WrongPassword
from phr.api.accounts.representations import SignedInJson
from phr.api.identity.representations import (
    AddedPasskeyJson,
    ChallengeJson,
    FactorsJson,
    PasskeyJson,
    RecoveryCodesJson,
    SessionJson,
    TotpSetupJson,
)
from phr.api.identity.serializers import (
    AnsweredChallengeSerializer,
    ChangePasswordSerializer,
    ConfirmEmailSerializer,
    ForgotPasswordSerializer,
    NewPasskeySerializer,
    OtpSerializer,
    PasskeyNameSerializer,
    ResetPasswordSerializer,
    StepUpByOtpSerializer,
    StepUpByPasswordSerializer,
    StepUpByRecoveryCodeSerializer,
    StepUpSerializer,
)
from phr.api.notifications.representations import MessageJson
from phr.api.openapi.operation import (
    BAD_PAGE,
    NO_RECENT_PROOF,
    documented,
    refused,
    wait,
)
from phr.core.errors import NotFound
from phr.identity.email_confirmation import AddressConfirmed, AddressTaken
from phr.identity.passkeys import TooManyPasskeys, UnknownPasskey
from phr.identity.recovery_codes import NoSecondFactor
from phr.identity.second_factors import FactorNeeded, WrongCode
from phr.identity.totp import NothingBegun, TotpInUse
from phr.identity.webauthn import PasskeyRefused

operation = partial(documented, tags=["auth"])

STEP_UP = PolymorphicProxySerializer(
    component_name="StepUp",
    serializers=[
        StepUpByPasswordSerializer,
        StepUpByOtpSerializer,
        StepUpByRecoveryCodeSerializer,
    ],
    resource_type_field_name=None,
)

NEW_PASSWORDS = {
    "password": "quiet-Meadow-71-kettle",
    "password_confirm": "quiet-Meadow-71-kettle",
}
list_sessions = operation(
    "list_sessions",
    "List your sessions",
    "Everybody who is signed in can list their own active sessions: those with "
    "tokens, and for staff those at the admin site. One of them is the current "
    "session.",
    responses=list[SessionJson],
    problems=BAD_PAGE,
)
end_session = operation(
    "end_session",
    "End a session",
    "Everybody who is signed in can end any of their own sessions; its next request "
    "is refused. Sessions of others do not exist (404). Requires a password or code "
    "entered within the last five minutes; ending the current session does not.",
    responses={204: None},
    problems=(NO_RECENT_PROOF,),
)
logout_all = operation(
    "logout_all",
    "Sign out everywhere",
    "Everybody who is signed in can end all of their own sessions at once, including "
    "the current one, and is notified in the inbox and by mail. Requires a password "
    "or code entered within the last five minutes.",
    request=None,
    responses={204: None},
    problems=(NO_RECENT_PROOF,),
)
step_up = operation(
    "step_up",
    "Confirm your identity again",
    "Actions with lasting effects require a password or code entered within the last "
    "five minutes: giving access, changing identity details, second factors, ending "
    "sessions, export and erasure. Everybody who is signed in can enter one here; "
    "signing in counts as well. Codes of an app and recovery codes work once.",
    request=STEP_UP,
    responses={204: None},
    problems=(
        refused(StepUpSerializer, {}),
        WrongPassword(field="password"),
        WrongCode(field="otp"),
        wait(minutes=14),
    ),
)
change_password = operation(
    "change_password",
    "Change your password",
    "Everybody who is signed in can choose a new password by entering the current "
    "one. All their other sessions end, and they are notified in the inbox and by "
    "mail.",
    responses={204: None},
    problems=(
        refused(
            ChangePasswordSerializer,
            {
                "current_password": "violet-Harbour-29-lamp",
            },
        ),
        WeakPassword("This password is too common.", field="password"),
        WrongPassword(field="current_password"),
        wait(minutes=14),
    ),
)
forgot_password = operation(
    "forgot_password",
    "Request a link to reset your password",
    "Anybody can have a reset link sent to an e-mail address that an account has "
    "confirmed. It works once, within an hour. Neither the answer nor its timing "
    "shows whether the account exists.",
    responses={202: MessageJson},
    problems=(refused(ForgotPasswordSerializer, {"email": "alice"}), wait(minutes=40)),
)
reset_password = operation(
    "reset_password",
    "Reset your password with a link",
    "Anybody with the link can set a new password. All sessions of the account end. "
    "This does not sign you in: the next sign-in asks for a second factor as usual.",
    responses={204: None},
    problems=(
        refused(ResetPasswordSerializer, {"key": "", **NEW_PASSWORDS}),
        WeakPassword("This password is too common.", field="password"),
        InvalidLink(field="key"),
        wait(minutes=40),
    ),
)
confirm_email = operation(
    "confirm_email",
    "Confirm an e-mail address with a link",
    "Anybody with the link can confirm the address. It works once, within an hour. "
    "Only confirmed addresses get reset links, and mails other than those about the "
    "security of the account.",
    responses={204: None},
    problems=(
        refused(ConfirmEmailSerializer, {"key": ""}),
        InvalidLink(field="key"),
        AddressTaken(),
    ),
)
resend_email = operation(
    "resend_email",
    "Send the confirmation link again",
    "Everybody who is signed in can request it, five times an hour.",
    request=None,
    responses={202: MessageJson},
    problems=(AddressConfirmed(), wait(minutes=40)),
)
CHALLENGE = "cQ4mB0Xv7kq9ZtR2nLw5yH8sJd3fGa6P"
NO_ANSWER = {"challenge": CHALLENGE, "credential": {"id": "x"}}
read_factors = operation(
    "read_factors",
    "Read your second factors",
    "Everybody who is signed in can read which second factors they have. `required` "
    "says whether their role requires one; until they have one, they cannot do "
    "anything else.",
    responses=FactorsJson,
)
begin_totp = operation(
    "begin_totp",
    "Start to set up an authenticator app",
    "Everybody who is signed in, and has entered a password or code within the last "
    "five minutes, can get a secret for an authenticator app (TOTP, RFC 6238). It "
    "becomes active when its first code is sent within ten minutes.",
    request=None,
    responses=TotpSetupJson,
    problems=(NO_RECENT_PROOF, TotpInUse()),
)
confirm_totp = operation(
    "confirm_totp",
    "Activate an authenticator app",
    "Everybody who has started the setup sends the first code of the app to activate "
    "it. Sessions that used only a password end. With the first factor you get ten "
    "recovery codes, which are shown only once.",
    responses=RecoveryCodesJson,
    problems=(
        refused(OtpSerializer, {}),
        WrongCode(field="otp"),
        NothingBegun(),
        TotpInUse(),
        wait(hours=20),
    ),
)
remove_totp = operation(
    "remove_totp",
    "Remove your authenticator app",
    "Everybody who has one can remove it, unless it is their last factor and their "
    "role requires one. Requires a password or code entered within the last five "
    "minutes. Removing the last factor also removes the recovery codes.",
    responses={204: None},
    problems=(NO_RECENT_PROOF, NotFound(), FactorNeeded()),
)
make_recovery_codes = operation(
    "make_recovery_codes",
    "Create new recovery codes",
    "Everybody with a second factor can get ten new recovery codes, which are shown "
    "only once. The old codes stop working. Requires a password or code entered "
    "within the last five minutes.",
    request=None,
    responses={201: RecoveryCodesJson},
    problems=(NO_RECENT_PROOF, NoSecondFactor()),
)
begin_passkey = operation(
    "begin_passkey",
    "Start to add a passkey",
    "Everybody who is signed in, and has entered a password or code within the last "
    "five minutes, can get the `publicKey` for `navigator.credentials.create` "
    "(WebAuthn). It can be answered once, within five minutes.",
    request=None,
    responses=ChallengeJson,
    problems=(NO_RECENT_PROOF,),
)
add_passkey = operation(
    "add_passkey",
    "Add a passkey",
    "Everybody who has started it sends the browser's response to add the passkey. "
    "From now on the passkey can sign in on its own, and is a second factor. With the "
    "first factor you get ten recovery codes, which are shown only once.",
    responses={201: AddedPasskeyJson},
    problems=(
        refused(NewPasskeySerializer, NO_ANSWER),
        NO_RECENT_PROOF,
        PasskeyRefused(field="credential"),
        TooManyPasskeys(),
    ),
)
rename_passkey = operation(
    "rename_passkey",
    "Rename a passkey",
    "Everybody can rename their own passkeys. Passkeys of others do not exist (404).",
    responses=PasskeyJson,
    problems=(refused(PasskeyNameSerializer, {"name": " "}),),
)
remove_passkey = operation(
    "remove_passkey",
    "Remove a passkey",
    "Everybody can remove their own passkeys, unless it is their last factor and "
    "their role requires one. Requires a password or code entered within the last "
    "five minutes.",
    responses={204: None},
    problems=(NO_RECENT_PROOF, FactorNeeded()),
)
begin_passkey_login = operation(
    "begin_passkey_login",
    "Start to sign in with a passkey",
    "Anybody can get the `publicKey` for `navigator.credentials.get`. It can be "
    "answered once, within five minutes.",
    request=None,
    responses=ChallengeJson,
    problems=(wait(minutes=14),),
)
passkey_login = operation(
    "passkey_login",
    "Sign in with a passkey",
    "Anybody with a passkey of an account can sign in to it. A passkey is two factors "
    "in one, so nothing else is needed.",
    responses=SignedInJson,
    problems=(
        refused(AnsweredChallengeSerializer, NO_ANSWER),
        PasskeyRefused(field="challenge"),
        UnknownPasskey(),
    ),
)
