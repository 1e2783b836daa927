"""Sessions and factors in the API's answers."""

from typing import Any

from allauth.mfa.models import Authenticator

from phr.accounts import factors
from phr.accounts.models import LoginSession, User
from phr.accounts.proof import needs_second_factor
from phr.accounts.sessions import SignedIn
from phr.api.shapes import Shape

ON_ITS_WAY = {"message": "If this address is confirmed here, a link is on its way."}
SENT_AGAIN = {"message": "A link is on its way."}


def session_shape(session: SignedIn, current: LoginSession) -> Shape:
    return session._asdict() | {"is_current": session.id == current.pk}


def factors_shape(user: User) -> Shape:
    by_kind: dict[Any, list[Authenticator]] = {}
    for factor in factors.factors_of(user):
        by_kind.setdefault(factor.type, []).append(factor)
    totp, codes = by_kind.get(factors.TOTP), by_kind.get(factors.RECOVERY)
    return {
        "required": needs_second_factor(user),
        "totp": totp_shape(totp[0]) if totp else None,
        "recovery_codes": codes_shape(codes[0]) if codes else None,
        "passkeys": [passkey_shape(key) for key in by_kind.get(factors.PASSKEY, ())],
    }


def totp_shape(totp: Authenticator) -> Shape:
    return {"created_at": totp.created_at, "last_used_at": totp.last_used_at}


def codes_shape(codes: Authenticator) -> Shape:
    return {"created_at": codes.created_at, "left": len(codes.data["hashes"])}


def passkey_shape(passkey: Authenticator) -> Shape:
    return {
        "id": passkey.data["id"],
        "name": passkey.data["name"],
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }
