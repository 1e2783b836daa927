"""The check of the access token: its signature, and one query for session and user."""

import jwt
from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from phr.accounts.models import LoginSession


class Bearer(BaseAuthentication):
    def authenticate(self, request):
        kind, _, token = get_authorization_header(request).decode().partition(" ")
        if kind.lower() != "bearer":
            return None
        try:
            claims = jwt.decode(
                token,
                settings.JWT_SIGNING_KEY,
                algorithms=["HS256"],
                audience="health-record-api",
                issuer="health-record-api",
            )
            session = LoginSession.objects.select_related("user__patient_profile").get(
                pk=claims["sid"],
                user=claims["sub"],
                revoked_at=None,
                user__is_active=True,
            )
        except (jwt.InvalidTokenError, LoginSession.DoesNotExist) as error:
            raise AuthenticationFailed from error
        return session.user, session
