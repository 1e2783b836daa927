"""Sessions and factors in the API's answers."""

from typing import Any

from allauth.mfa.models import Authenticator

from phr.accounts.models import LoginSession, User
from phr.accounts.sessions import SignedIn
from phr.api.json import JsonObject
from phr.identity import second_factors
from phr.identity.second_factor_rules import needs_second_factor

ON_ITS_WAY = {
    "message": ("If an account has confirmed this address, we have sent a link to it.")
}
SENT_AGAIN = {"message": "We have sent you a link."}


def represent_session(session: SignedIn, current: LoginSession) -> JsonObject:
    return session._asdict() | {"is_current": session.id == current.pk}


def represent_factors(user: User) -> JsonObject:
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


def represent_totp(totp: Authenticator) -> JsonObject:
    return {"created_at": totp.created_at, "last_used_at": totp.last_used_at}


def represent_recovery_codes(codes: Authenticator) -> JsonObject:
    return {"created_at": codes.created_at, "left": len(codes.data["hashes"])}


def represent_passkey(passkey: Authenticator) -> JsonObject:
    return {
        "id": passkey.data["id"],
        "name": passkey.data["name"],
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }
