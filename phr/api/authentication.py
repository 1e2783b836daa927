"""Who is calling: one query from a bearer token to the session, user and profile."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from phr.accounts.models import User
from phr.accounts.tokens import Claims, InvalidToken, TokenType, read_token
from phr.api.problems import CHALLENGE
from phr.interfaces.session_check import user_of_session

SCHEME = "bearer"


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <access token>` (RFC 6750); `request.auth` the claims.

    The token only points at a login session. Whether that still lives, who the user is
    and what they are comes from the database, every time.
    """

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        claims = read_token(token.strip(), TokenType.ACCESS)
        user = user_of_session(session_id=claims.session_id, user_id=claims.user_id)
        if user is None:
            raise InvalidToken
        return user, claims

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE
