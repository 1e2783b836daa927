"""A new password: by the present one, or by a link in a mail; confirming an address."""

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.fields import NoBody
from phr.api.identity import docs
from phr.api.identity.representations import ON_ITS_WAY, SENT_AGAIN
from phr.api.identity.serializers import (
    ChangePasswordSerializer,
    ConfirmEmailSerializer,
    ForgotPasswordSerializer,
    ResetPasswordSerializer,
)
from phr.api.json import Response
from phr.api.notifications.representations import represent_message
from phr.api.views import ApiView, PublicView, session_of
from phr.core.request_origin import client_network
from phr.identity import email_confirmation, password_change, password_reset


class ChangePassword(ApiView):
    """Change one's password; all other sign-ins end."""

    serializer_class = ChangePasswordSerializer

    @docs.change_password
    def post(self, request: Request) -> Response:
        values = self.valid(request)
        password_change.change_password(
            session_of(request),
            current=values["current_password"],
            password=values["password"],
            at=timezone.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgotPassword(PublicView):
    """Have a link for a new password sent, if the address is somebody's."""

    serializer_class = ForgotPasswordSerializer

    @docs.forgot_password
    def post(self, request: Request) -> Response:
        password_reset.request_password_reset(
            **self.valid(request), client=client_network()
        )
        return Response(represent_message(ON_ITS_WAY), status=status.HTTP_202_ACCEPTED)


class ResetPassword(PublicView):
    """Set a new password by a link; all sign-ins end, and nobody is signed in."""

    serializer_class = ResetPasswordSerializer

    @docs.reset_password
    def post(self, request: Request) -> Response:
        password_reset.reset_password(
            **self.valid(request), at=timezone.now(), client=client_network()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmEmail(PublicView):
    """Confirm an e-mail address by a link."""

    serializer_class = ConfirmEmailSerializer

    @docs.confirm_email
    def post(self, request: Request) -> Response:
        email_confirmation.confirm_email(**self.valid(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResendEmail(ApiView):
    """Have the link to confirm one's address sent again."""

    serializer_class = NoBody

    @docs.resend_email
    def post(self, request: Request) -> Response:
        self.valid(request)
        email_confirmation.resend_confirmation(session_of(request), at=timezone.now())
        return Response(represent_message(SENT_AGAIN), status=status.HTTP_202_ACCEPTED)
