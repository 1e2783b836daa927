"""Registering, signing in and out, one's own profile."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.accounts.models import UserType
from phr.accounts.reauthentication import has_proof
from phr.accounts.sessions import end_session
from phr.api.accounts import docs
from phr.api.accounts.representations import (
    represent_profile,
    represent_signed_in,
    represent_tokens,
)
from phr.api.accounts.serializers import (
    DoctorProfileInputSerializer,
    LoginSerializer,
    PatientProfileInputSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    StaffProfileInputSerializer,
)
from phr.api.fields import NoBody
from phr.api.json import Response
from phr.api.preconditions import expected_by, tagged
from phr.api.views import ApiView, PublicView, session_of, signed_in
from phr.care.profiles import OwnProfile, change_profile, read_profile
from phr.core.preconditions import last_change
from phr.identity.sign_in import Credentials, sign_in
from phr.identity.sign_up import sign_up
from phr.identity.token_refresh import refresh_session
from phr.interfaces.device_cookie import remember_device


class Register(PublicView):
    """Open an account and sign in to it."""

    serializer_class = RegistrationSerializer

    @docs.register
    def post(self, request: Request) -> Response:
        values = self.valid(request)
        user, tokens = sign_up(**values, at=timezone.now())
        answer = represent_signed_in(user, tokens)
        return Response(answer, status=status.HTTP_201_CREATED)


class Login(PublicView):
    """Sign in with a username, or an e-mail address, and a password.

    Whose account has a second factor is answered `mfa_required`, and asks again with
    `otp` or `recovery_code` as well.
    """

    serializer_class = LoginSerializer

    @docs.login
    def post(self, request: Request) -> Response:
        credentials = Credentials(**self.valid(request))
        user, tokens = sign_in(credentials, at=timezone.now())
        answer = Response(represent_signed_in(user, tokens))
        remember_device(answer, user)
        return answer


class Refresh(PublicView):
    """Exchange a refresh token for new tokens; it works once, but for a few seconds."""

    serializer_class = RefreshSerializer

    @docs.refresh_token
    def post(self, request: Request) -> Response:
        tokens = refresh_session(**self.valid(request), at=timezone.now())
        return Response(represent_tokens(tokens))


class Logout(ApiView):
    """End this sign-in: its access token and its refresh token stop working."""

    open_without_second_factor = True
    serializer_class = NoBody

    @docs.logout
    def post(self, request: Request) -> Response:
        self.valid(request)
        end_session(session_id=session_of(request).pk, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Profile(ApiView):
    """One's own account and profile; its shape depends on who one is."""

    serializer_of: ClassVar[dict[str, Any]] = {
        UserType.PATIENT: PatientProfileInputSerializer,
        UserType.DOCTOR: DoctorProfileInputSerializer,
        UserType.ADMIN: StaffProfileInputSerializer,
    }

    def get_serializer_class(self) -> Any:
        return self.serializer_of[signed_in(self.request).user_type]

    @docs.read_profile
    def get(self, request: Request) -> Response:
        return self.answer(request, read_profile(signed_in(request)))

    @docs.replace_profile
    def put(self, request: Request) -> Response:
        return self.change(request, partial=False)

    @docs.change_profile
    def patch(self, request: Request) -> Response:
        return self.change(request, partial=True)

    def change(self, request: Request, *, partial: bool) -> Response:
        values = self.valid(request, partial=partial)
        person = values.pop("user", {})
        user = change_profile(
            actor=signed_in(request),
            person=person,
            profile=values,
            proved=has_proof(session_of(request), at=timezone.now()),
            expected=expected_by(request),
        )
        return self.answer(request, read_profile(user))

    def answer(self, request: Request, own: OwnProfile) -> Response:
        rows = filter(None, (own.user, own.patient, own.doctor))
        return tagged(request, represent_profile(own), last_change(*rows))
