"""Who is calling: one query from a bearer token to the session, user and profile."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from phr.accounts.models import User
from phr.accounts.presence import SessionPresence
from phr.accounts.tokens import Claims, InvalidToken, TokenType, read_token
from phr.api.problems import CHALLENGE
from phr.identity.session_lookup import find_live_session
from phr.interfaces.readers import speak_language_of

SCHEME = "bearer"


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <access token>` (RFC 6750); `request.auth` the session.

    The token only points at a login session. Whether that still lives, who the user is
    and what they are comes from the database, every time.
    """

    def authenticate(self, request: Request) -> tuple[User, SessionPresence] | None:
        claims = claims_of(request.META)
        if claims is None:
            return None
        session = find_live_session(
            session_id=claims.session_id, user_id=claims.user_id
        )
        if session is None:
            raise InvalidToken
        speak_language_of(session.user)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def claims_of(environ: dict[str, Any]) -> Claims | None:
    """What the token of a request says, whose session may have ended; None without one.

    :raises InvalidToken: it is none of ours, or out of date.
    """
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != SCHEME:
        return None
    return read_token(token.strip(), TokenType.ACCESS)
