"""Access and refresh tokens: signed pointers to a login session (RFC 7519)."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import LoginSession
from phr.core.errors import NotSignedIn
from phr.core.ids import uuid7

ALGORITHM = "HS256"  # fixed; what a token's header says about it is not asked
ISSUER = AUDIENCE = "health-record-api"
REQUIRED_CLAIMS = ["iss", "aud", "iat", "exp", "jti", "sub", "sid", "typ"]
DATES = {"exp", "iat", "nbf"}
# What another host has made lies in the future by as much as its clock is ahead.
CLOCKS_DIFFER_BY = timedelta(seconds=30)
# Raised for a token with a valid signature but invalid content.
UNREADABLE = (
    *(jwt.InvalidTokenError, ValueError, TypeError, AttributeError),
    *(ArithmeticError, RecursionError),
)
LONGEST_TOKEN = 1_000  # characters; ours have about 400
TOKENS_REMEMBERED = 4_096  # about 4 MB for each process


class TokenType(StrEnum):
    ACCESS = "access"
    REFRESH = "refresh"


class InvalidToken(NotSignedIn):
    code, title = "invalid_token", _("This token is not valid")
    advice = _(
        "Get new tokens with your refresh token. If that is refused as well, your "
        "session has ended: sign in again."
    )


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets at each sign-in and refresh."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, once its signature is checked: three ids and no role."""

    user_id: UUID
    session_id: UUID
    token_id: UUID


def issue_tokens(session: LoginSession, *, at: datetime) -> Tokens:
    """Sign an access token, and the refresh token that the session now waits for."""
    return Tokens(
        access=sign(
            TokenType.ACCESS, session, uuid7(), at, settings.ACCESS_TOKEN_LIFETIME
        ),
        refresh=sign(
            TokenType.REFRESH,
            session,
            session.refresh_id,
            at,
            settings.REFRESH_TOKEN_LIFETIME,
        ),
    )


def sign(
    kind: TokenType,
    session: LoginSession,
    token_id: UUID,
    at: datetime,
    lifetime: timedelta,
) -> str:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": at,
        "exp": at + lifetime,
        "jti": str(token_id),
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "typ": kind,
    }
    key = settings.JWT_SIGNING_KEY
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": key_id(key)})


def read_token(token: str, kind: TokenType) -> Claims:
    """Check a token's signature, dates and type.

    When it begins, the clocks of two hosts may differ; its end is its end.

    :raises InvalidToken: it is not a token of ours, of this type, and in date.
    """
    if len(token) > LONGEST_TOKEN:
        raise InvalidToken
    keys = (settings.JWT_SIGNING_KEY, *settings.JWT_PREVIOUS_KEYS)
    claims, expires_at = check_token(token, kind, keys)
    if expires_at <= time.time():
        raise InvalidToken
    return claims


@lru_cache(maxsize=TOKENS_REMEMBERED)
def check_token(
    token: str, kind: TokenType, keys: tuple[str, ...]
) -> tuple[Claims, int]:
    """Check what of a token stays as it is, so that it is done once for each.

    Only tokens that pass are remembered, in this process: an error is not.

    :returns: what it says, and until when (seconds since 1970).
    """
    try:
        claims = jwt.decode(
            token,
            find_key(token, keys),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=CLOCKS_DIFFER_BY,  # of the end as well, which is asked each time
            options={"require": REQUIRED_CLAIMS},
        )
        return to_claims(claims, kind), claims["exp"]
    except UNREADABLE as error:
        raise InvalidToken from error


def to_claims(claims: dict[str, Any], kind: TokenType) -> Claims:
    """:raises InvalidToken: of another type, or with dates that are no integers."""
    dates = {type(claims[name]) for name in DATES & claims.keys()}
    if claims["typ"] != kind or dates != {int}:
        raise InvalidToken
    return Claims(UUID(claims["sub"]), UUID(claims["sid"]), UUID(claims["jti"]))


def find_key(token: str, keys: Iterable[str]) -> str:
    """The key that the token's header names, among those of this installation."""
    named = jwt.get_unverified_header(token).get("kid")
    for key in keys:
        if key_id(key) == named:
            return key
    raise InvalidToken


def key_id(key: str) -> str:
    """A name for a key that does not give it away."""
    return sha256(b"kid:" + key.encode()).hexdigest()[:16]
