"""Second factors: authenticator app, recovery codes, and what there is."""

from allauth.mfa.adapter import get_adapter
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.fields import NoBody
from phr.api.identity import docs
from phr.api.identity.representations import (
    RecoveryCodesJson,
    TotpSetupJson,
    represent_factors,
)
from phr.api.identity.serializers import OtpSerializer
from phr.api.json import Response
from phr.api.views import ApiView, session_of, signed_in
from phr.identity import recovery_codes, totp


class Factors(ApiView):
    """What signs one in beside a password."""

    open_without_second_factor = True

    @docs.read_factors
    def get(self, request: Request) -> Response:
        return Response(represent_factors(signed_in(request)))


class Totp(ApiView):
    """One's authenticator app."""

    open_without_second_factor = True
    methods_that_need_proof = frozenset({"POST", "DELETE"})
    serializer_class = NoBody

    @docs.begin_totp
    def post(self, request: Request) -> Response:
        self.valid(request)
        user = signed_in(request)
        secret = totp.begin_totp(actor=user, holder=str(session_of(request).pk))
        adapter = get_adapter()
        url = adapter.build_totp_url(user, secret)
        answer: TotpSetupJson = {
            "secret": secret,
            "otpauth_url": url,
            "qr_svg": adapter.build_totp_svg(url),
        }
        return Response(answer)

    @docs.remove_totp
    def delete(self, request: Request) -> Response:
        totp.remove_totp(actor=signed_in(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmTotp(ApiView):
    """Switch a new authenticator app on, by a first code of it."""

    open_without_second_factor = True
    serializer_class = OtpSerializer

    @docs.confirm_totp
    def post(self, request: Request) -> Response:
        session = session_of(request)
        codes = totp.confirm_totp(
            actor=session.user,
            holder=str(session.pk),
            session=session,
            **self.valid(request),
            at=timezone.now(),
        )
        answer: RecoveryCodesJson = {"recovery_codes": codes}
        return Response(answer)


class RecoveryCodes(ApiView):
    """New recovery codes; the old ones stop working."""

    open_without_second_factor = True
    methods_that_need_proof = frozenset({"POST"})
    serializer_class = NoBody

    @docs.make_recovery_codes
    def post(self, request: Request) -> Response:
        self.valid(request)
        codes = recovery_codes.make_recovery_codes(
            actor=signed_in(request), at=timezone.now()
        )
        answer: RecoveryCodesJson = {"recovery_codes": codes}
        return Response(answer, status=status.HTTP_201_CREATED)
