"""Passkeys: adding, naming and removing them, and signing in with one."""

from uuid import UUID

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.accounts.representations import represent_signed_in
from phr.api.fields import NoBody
from phr.api.identity import docs
from phr.api.identity.representations import (
    AddedPasskeyJson,
    ChallengeJson,
    represent_passkey,
)
from phr.api.identity.serializers import (
    AnsweredChallengeSerializer,
    NewPasskeySerializer,
    PasskeyNameSerializer,
)
from phr.api.json import JsonObject, Response
from phr.api.views import ApiView, PublicView, session_of, signed_in
from phr.identity import passkeys


def begun(ceremony: tuple[str, JsonObject]) -> Response:
    challenge, options = ceremony
    answer: ChallengeJson = {"challenge": challenge, "options": options["publicKey"]}
    return Response(answer)


class BeginPasskey(ApiView):
    """Begin to add a passkey."""

    open_without_second_factor = True
    methods_that_need_proof = frozenset({"POST"})
    serializer_class = NoBody

    @docs.begin_passkey
    def post(self, request: Request) -> Response:
        self.valid(request)
        return begun(passkeys.begin_adding_passkey(session_of(request)))


class Passkeys(ApiView):
    """Add the passkey that was begun."""

    open_without_second_factor = True
    methods_that_need_proof = frozenset({"POST"})
    serializer_class = NewPasskeySerializer

    @docs.add_passkey
    def post(self, request: Request) -> Response:
        passkey, codes = passkeys.add_passkey(
            session_of(request), **self.valid(request), at=timezone.now()
        )
        answer: AddedPasskeyJson = {
            "passkey": represent_passkey(passkey),
            "recovery_codes": codes,
        }
        return Response(answer, status=status.HTTP_201_CREATED)


class Passkey(ApiView):
    """One of one's own passkeys."""

    open_without_second_factor = True
    methods_that_need_proof = frozenset({"DELETE"})
    serializer_class = PasskeyNameSerializer

    @docs.rename_passkey
    def patch(self, request: Request, passkey_id: UUID) -> Response:
        values = self.valid(request, partial=True)
        passkey = passkeys.rename_passkey(signed_in(request), passkey_id, **values)
        return Response(represent_passkey(passkey))

    @docs.remove_passkey
    def delete(self, request: Request, passkey_id: UUID) -> Response:
        passkeys.remove_passkey(actor=signed_in(request), passkey_id=passkey_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BeginPasskeyLogin(PublicView):
    """Begin to sign in with a passkey."""

    serializer_class = NoBody

    @docs.begin_passkey_login
    def post(self, request: Request) -> Response:
        self.valid(request)
        return begun(passkeys.begin_passkey_sign_in())


class PasskeyLogin(PublicView):
    """Sign in with a passkey, and nothing else."""

    serializer_class = AnsweredChallengeSerializer

    @docs.passkey_login
    def post(self, request: Request) -> Response:
        user, tokens = passkeys.sign_in_with_passkey(
            **self.valid(request), at=timezone.now()
        )
        return Response(represent_signed_in(user, tokens))
