"""Sessions and factors in the API's answers."""

from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.accounts.presence import Presence
from phr.accounts.sessions import SignedIn
from phr.api.answer_types import Keywords
from phr.api.json import JsonObject
from phr.identity import second_factors
from phr.identity.second_factor_rules import needs_second_factor

ON_ITS_WAY = _("If an account has confirmed this address, we have sent a link to it.")
SENT_AGAIN = _("We have sent you a link.")


class SessionJson(TypedDict):
    """A place where one is signed in."""

    id: UUID
    kind: Annotated[str, Keywords(enum=["API", "BROWSER"])]
    created_at: datetime
    last_used_at: datetime
    address: str | None
    user_agent: str
    second_factor: bool
    is_current: bool


class TotpJson(TypedDict):
    """An authenticator app."""

    created_at: datetime
    last_used_at: datetime | None


class CodesLeftJson(TypedDict):
    """Recovery codes that were not used yet."""

    created_at: datetime
    left: int


class PasskeyJson(TypedDict):
    """A passkey."""

    id: Annotated[str, Keywords(format="uuid")]
    name: str
    created_at: datetime
    last_used_at: datetime | None


class FactorsJson(TypedDict):
    """All that signs one in beside a password; `required` says whether one must."""

    required: bool
    totp: TotpJson | None
    recovery_codes: CodesLeftJson | None
    passkeys: list[PasskeyJson]


class TotpSetupJson(TypedDict):
    """What an authenticator app needs: by hand, as a link, or as a picture (SVG)."""

    secret: str
    otpauth_url: str
    qr_svg: str


class RecoveryCodesJson(TypedDict):
    """Recovery codes, shown this once; empty where the account has some already."""

    recovery_codes: list[str]


class AddedPasskeyJson(RecoveryCodesJson):
    """A new passkey, and recovery codes if it is the first factor."""

    passkey: PasskeyJson


class ChallengeJson(TypedDict):
    """A ceremony that was begun: `options` are for the browser's `publicKey`."""

    challenge: str
    options: JsonObject


def represent_session(session: SignedIn, current: Presence) -> SessionJson:
    return {
        "id": session.id,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "address": session.address,
        "user_agent": session.user_agent,
        "second_factor": session.second_factor,
        "kind": session.kind,
        "is_current": session.id == current.pk,
    }


def represent_factors(user: User) -> FactorsJson:
    by_kind: dict[Any, list[Authenticator]] = {}
    for factor in second_factors.list_factors(user):
        by_kind.setdefault(factor.type, []).append(factor)
    totp, codes = by_kind.get(second_factors.TOTP), by_kind.get(second_factors.RECOVERY)
    return {
        "required": needs_second_factor(user),
        "totp": represent_totp(totp[0]) if totp else None,
        "recovery_codes": represent_recovery_codes(codes[0]) if codes else None,
        "passkeys": [
            represent_passkey(key) for key in by_kind.get(second_factors.PASSKEY, ())
        ],
    }


def represent_totp(totp: Authenticator) -> TotpJson:
    return {"created_at": totp.created_at, "last_used_at": totp.last_used_at}


def represent_recovery_codes(codes: Authenticator) -> CodesLeftJson:
    return {"created_at": codes.created_at, "left": len(codes.data["hashes"])}


def represent_passkey(passkey: Authenticator) -> PasskeyJson:
    return {
        "id": passkey.data["id"],
        "name": passkey.data["name"],
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }
