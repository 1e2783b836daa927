"""Second factors and passkeys, in the document."""

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.identity.serializers import (
    AnsweredChallengeSerializer,
    NewPasskeySerializer,
    OtpSerializer,
    PasskeyNameSerializer,
)
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.identity import OTP, RECOVERY_CODE
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import (
    ALICE,
    CREATION_OPTIONS,
    FACTORS,
    PASSKEY,
    REQUEST_OPTIONS,
    SVG,
    TOKENS,
)
from phr.core.errors import NotFound
from phr.identity.passkeys import TooManyPasskeys, UnknownPasskey
from phr.identity.recovery_codes import NoSecondFactor
from phr.identity.second_factors import FactorNeeded, WrongCode
from phr.identity.totp import NothingBegun, TotpInUse
from phr.identity.webauthn import PasskeyRefused

CHALLENGE = "cQ4mB0Xv7kq9ZtR2nLw5yH8sJd3fGa6P"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - nobody's
URL = f"otpauth://totp/alice.moreau?secret={SECRET}&issuer=Health%20Record%20API"
NEW_CREDENTIAL = {
    "id": "kq9QJr2mC8yP1sT4uW7zAw",
    "rawId": "kq9QJr2mC8yP1sT4uW7zAw",
    "type": "public-key",
    "response": {"clientDataJSON": "eyJ0eXBlIjoid2Vi", "attestationObject": "o2NmbXRk"},
    "clientExtensionResults": {"credProps": {"rk": True}},
}
CREDENTIAL = NEW_CREDENTIAL | {
    "response": {
        "clientDataJSON": "eyJ0eXBlIjoid2Vi",
        "authenticatorData": "SZYN5YgOjGh0",
        "signature": "MEUCIQDd7n2N",
        "userHandle": "MDE5OGMwYWEt",
    },
    "clientExtensionResults": {},
}
NEW_PASSKEY = {"challenge": CHALLENGE, "name": "Phone", "credential": NEW_CREDENTIAL}
ANSWERED = {"challenge": CHALLENGE, "credential": CREDENTIAL}
NO_ANSWER = {"challenge": CHALLENGE, "credential": {"id": "x"}}
ASK_AGAIN = StepUpRequired(GIVE_IT)
CODES = {"recovery_codes": [RECOVERY_CODE]}

READ_FACTORS = Operation(
    "Read one's second factors",
    "Everybody who is signed in reads which second factors they have. `required` says "
    "whether their role needs one: until it is there, nothing else is open to them.",
    answers={200: {"an app and a passkey": FACTORS}},
)
BEGIN_TOTP = Operation(
    "Begin to set up an authenticator app",
    "Everybody who is signed in, and has shown within five minutes who they are, gets "
    "a secret for an authenticator app (TOTP, RFC 6238), which counts when a first "
    "code of it was given within ten minutes.",
    answers={200: {"a secret": {"secret": SECRET, "otpauth_url": URL, "qr_svg": SVG}}},
    problems=(ASK_AGAIN, TotpInUse()),
)
CONFIRM_TOTP = Operation(
    "Switch an authenticator app on",
    "A first code of the app switches it on. Sign-ins of the account by password alone "
    "end. With the first factor come ten recovery codes, shown this once.",
    requests={"a code": {"otp": OTP}},
    answers={200: {"recovery codes": CODES}},
    problems=(
        refused(OtpSerializer, {}),
        WrongCode(field="otp"),
        NothingBegun(),
        TotpInUse(),
        wait(hours=20),
    ),
)
REMOVE_TOTP = Operation(
    "Remove one's authenticator app",
    "Everybody who has one may remove it, having shown within five minutes who they "
    "are; not if it is the last factor of somebody whose role needs one. With the last "
    "factor the recovery codes go.",
    problems=(ASK_AGAIN, NotFound(), FactorNeeded()),
)
MAKE_RECOVERY_CODES = Operation(
    "Make new recovery codes",
    "Whoever has a second factor gets ten new recovery codes, shown this once, having "
    "shown within five minutes who they are. The old ones stop working.",
    answers={201: {"recovery codes": CODES}},
    problems=(ASK_AGAIN, NoSecondFactor()),
)
BEGIN_PASSKEY = Operation(
    "Begin to add a passkey",
    "Everybody who is signed in, and has shown within five minutes who they are, gets "
    "what `navigator.credentials.create` is given as `publicKey` (WebAuthn). It can be "
    "answered once, within five minutes.",
    answers={
        200: {"a challenge": {"challenge": CHALLENGE, "options": CREATION_OPTIONS}}
    },
    problems=(ASK_AGAIN,),
)
ADD_PASSKEY = Operation(
    "Add a passkey",
    "The answer of the browser adds the passkey. It signs in alone from now on, and is "
    "a second factor. With the first factor come ten recovery codes, shown this once.",
    requests={"a phone": NEW_PASSKEY},
    answers={201: {"added": {"passkey": PASSKEY, **CODES}}},
    problems=(
        refused(NewPasskeySerializer, NO_ANSWER),
        ASK_AGAIN,
        PasskeyRefused(field="credential"),
        TooManyPasskeys(),
    ),
)
RENAME_PASSKEY = Operation(
    "Name a passkey",
    "Everybody may give their own passkeys names. Another's does not exist.",
    requests={"another name": {"name": PASSKEY["name"]}},
    answers={200: {"named": PASSKEY}},
    problems=(refused(PasskeyNameSerializer, {"name": " "}),),
)
REMOVE_PASSKEY = Operation(
    "Remove a passkey",
    "Everybody may remove their own passkeys, having shown within five minutes who "
    "they are; not the last factor of somebody whose role needs one.",
    problems=(ASK_AGAIN, FactorNeeded()),
)
BEGIN_PASSKEY_LOGIN = Operation(
    "Begin to sign in with a passkey",
    "Anybody gets what `navigator.credentials.get` is given as `publicKey`. It can be "
    "answered once, within five minutes.",
    answers={
        200: {"a challenge": {"challenge": CHALLENGE, "options": REQUEST_OPTIONS}}
    },
    problems=(wait(minutes=14),),
)
PASSKEY_LOGIN = Operation(
    "Sign in with a passkey",
    "Whoever holds a passkey of an account is signed in to it; it is two factors in "
    "one, so that nothing else is asked for.",
    requests={"an answer": ANSWERED},
    answers={200: {"signed in": {"user": ALICE, "tokens": TOKENS}}},
    problems=(
        refused(AnsweredChallengeSerializer, NO_ANSWER),
        PasskeyRefused(field="challenge"),
        UnknownPasskey(),
    ),
)
