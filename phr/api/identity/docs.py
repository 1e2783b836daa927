"""Sessions, passwords, addresses and factors, in the document."""

from functools import partial

from drf_spectacular.utils import PolymorphicProxySerializer

from phr.accounts.links import InvalidLink
from phr.accounts.passwords import WeakPassword, WrongPassword
from phr.api.accounts.serializers import SignedInSerializer
from phr.api.identity.serializers import (
    AddedPasskeySerializer,
    AnsweredChallengeSerializer,
    ChallengeSerializer,
    ChangePasswordSerializer,
    ConfirmEmailSerializer,
    FactorsSerializer,
    ForgotPasswordSerializer,
    NewPasskeySerializer,
    OtpSerializer,
    PasskeyNameSerializer,
    PasskeySerializer,
    RecoveryCodesSerializer,
    ResetPasswordSerializer,
    SessionSerializer,
    StepUpByOtpSerializer,
    StepUpByPasswordSerializer,
    StepUpByRecoveryCodeSerializer,
    StepUpSerializer,
    TotpSetupSerializer,
)
from phr.api.notifications.serializers import MessageSerializer
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
    "List where one is signed in",
    "Everybody who is signed in reads their own sign-ins that still count: those with "
    "tokens, and for staff those at the admin site. One of them is the present one.",
    responses=SessionSerializer(many=True),
    problems=BAD_PAGE,
)
end_session = operation(
    "end_session",
    "End a sign-in",
    "Everybody who is signed in may end any of their own sign-ins, with effect on its "
    "next request. What is somebody else's does not exist. Wants a password or a code "
    "given within the last minutes; signing out of the present one does not.",
    responses={204: None},
    problems=(NO_RECENT_PROOF,),
)
logout_all = operation(
    "logout_all",
    "Sign out everywhere",
    "Everybody who is signed in may end all of their own sign-ins at once, the present "
    "one included, and is told by notification and mail. Wants a password or a code "
    "given within the last minutes.",
    request=None,
    responses={204: None},
    problems=(NO_RECENT_PROOF,),
)
step_up = operation(
    "step_up",
    "Show again who one is",
    "Whatever outlives the token wants a password or a code that is no older than five "
    "minutes: giving access, what identifies one, second factors, ending sign-ins, "
    "export, erasure. This gives one; signing in counts as well. An app's code and a "
    "recovery code count once.",
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
    "Change one's password",
    "Everybody who is signed in may choose another password by giving the present one. "
    "All their other sign-ins end, and they are told by notification and mail.",
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
    "Ask for a link to set a new password",
    "Anybody may have a link sent to an e-mail address that an account has confirmed. "
    "It works once, within an hour. Whether there is such an account shows neither in "
    "the answer nor in its time.",
    responses={202: MessageSerializer},
    problems=(refused(ForgotPasswordSerializer, {"email": "alice"}), wait(minutes=40)),
)
reset_password = operation(
    "reset_password",
    "Set a new password by a link",
    "Whoever has the link sets a new password. All sign-ins of the account end, and "
    "nobody is signed in by it: a second factor is asked for as ever.",
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
    "Confirm an e-mail address by a link",
    "Whoever has the link confirms that the address is theirs. It works once, within "
    "an hour. An address that is confirmed gets other mails than those about the "
    "safety of the account, and links for a new password.",
    responses={204: None},
    problems=(
        refused(ConfirmEmailSerializer, {"key": ""}),
        InvalidLink(field="key"),
        AddressTaken(),
    ),
)
resend_email = operation(
    "resend_email",
    "Have the link to confirm one's address sent again",
    "Everybody who is signed in may ask for it, five times an hour.",
    request=None,
    responses={202: MessageSerializer},
    problems=(AddressConfirmed(), wait(minutes=40)),
)
CHALLENGE = "cQ4mB0Xv7kq9ZtR2nLw5yH8sJd3fGa6P"
NO_ANSWER = {"challenge": CHALLENGE, "credential": {"id": "x"}}
read_factors = operation(
    "read_factors",
    "Read one's second factors",
    "Everybody who is signed in reads which second factors they have. `required` says "
    "whether their role needs one: until it is there, nothing else is open to them.",
    responses=FactorsSerializer,
)
begin_totp = operation(
    "begin_totp",
    "Begin to set up an authenticator app",
    "Everybody who is signed in, and has shown within five minutes who they are, gets "
    "a secret for an authenticator app (TOTP, RFC 6238), which counts when a first "
    "code of it was given within ten minutes.",
    request=None,
    responses=TotpSetupSerializer,
    problems=(NO_RECENT_PROOF, TotpInUse()),
)
confirm_totp = operation(
    "confirm_totp",
    "Switch an authenticator app on",
    "A first code of the app switches it on. Sign-ins of the account by password alone "
    "end. With the first factor come ten recovery codes, shown this once.",
    responses=RecoveryCodesSerializer,
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
    "Remove one's authenticator app",
    "Everybody who has one may remove it, having shown within five minutes who they "
    "are; not if it is the last factor of somebody whose role needs one. With the last "
    "factor the recovery codes go.",
    responses={204: None},
    problems=(NO_RECENT_PROOF, NotFound(), FactorNeeded()),
)
make_recovery_codes = operation(
    "make_recovery_codes",
    "Make new recovery codes",
    "Whoever has a second factor gets ten new recovery codes, shown this once, having "
    "shown within five minutes who they are. The old ones stop working.",
    request=None,
    responses={201: RecoveryCodesSerializer},
    problems=(NO_RECENT_PROOF, NoSecondFactor()),
)
begin_passkey = operation(
    "begin_passkey",
    "Begin to add a passkey",
    "Everybody who is signed in, and has shown within five minutes who they are, gets "
    "what `navigator.credentials.create` is given as `publicKey` (WebAuthn). It can be "
    "answered once, within five minutes.",
    request=None,
    responses=ChallengeSerializer,
    problems=(NO_RECENT_PROOF,),
)
add_passkey = operation(
    "add_passkey",
    "Add a passkey",
    "The answer of the browser adds the passkey. It signs in alone from now on, and is "
    "a second factor. With the first factor come ten recovery codes, shown this once.",
    responses={201: AddedPasskeySerializer},
    problems=(
        refused(NewPasskeySerializer, NO_ANSWER),
        NO_RECENT_PROOF,
        PasskeyRefused(field="credential"),
        TooManyPasskeys(),
    ),
)
rename_passkey = operation(
    "rename_passkey",
    "Name a passkey",
    "Everybody may give their own passkeys names. Another's does not exist.",
    responses=PasskeySerializer,
    problems=(refused(PasskeyNameSerializer, {"name": " "}),),
)
remove_passkey = operation(
    "remove_passkey",
    "Remove a passkey",
    "Everybody may remove their own passkeys, having shown within five minutes who "
    "they are; not the last factor of somebody whose role needs one.",
    responses={204: None},
    problems=(NO_RECENT_PROOF, FactorNeeded()),
)
begin_passkey_login = operation(
    "begin_passkey_login",
    "Begin to sign in with a passkey",
    "Anybody gets what `navigator.credentials.get` is given as `publicKey`. It can be "
    "answered once, within five minutes.",
    request=None,
    responses=ChallengeSerializer,
    problems=(wait(minutes=14),),
)
passkey_login = operation(
    "passkey_login",
    "Sign in with a passkey",
    "Whoever holds a passkey of an account is signed in to it; it is two factors in "
    "one, so that nothing else is asked for.",
    responses=SignedInSerializer,
    problems=(
        refused(AnsweredChallengeSerializer, NO_ANSWER),
        PasskeyRefused(field="challenge"),
        UnknownPasskey(),
    ),
)
