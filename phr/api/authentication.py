"""Who is calling: one query from a bearer token to the session, user and profile."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from phr.accounts.models import User
from phr.accounts.presence import SessionPresence
from phr.accounts.tokens import InvalidToken, TokenType, read_token
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
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        claims = read_token(token.strip(), TokenType.ACCESS)
        session = find_live_session(
            session_id=claims.session_id, user_id=claims.user_id
        )
        if session is None:
            raise InvalidToken
        speak_language_of(session.user)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE
