"""Closing one's account for good, and the receipt for it."""

from uuid import UUID

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.erasure import docs
from phr.api.erasure.representations import represent_erasure, represent_receipt
from phr.api.fields import NoBody
from phr.api.json import Response
from phr.api.views import ApiView, PublicView, signed_in
from phr.erasure import services


class DeleteAccount(ApiView):
    """One's own account, to be closed in some days."""

    serializer_class = NoBody
    methods_that_need_proof = frozenset({"POST"})

    @docs.read_erasure
    def get(self, request: Request) -> Response:
        erasure = services.find_erasure(actor=signed_in(request))
        return Response(represent_erasure(erasure))

    @docs.delete_account
    def post(self, request: Request) -> Response:
        self.valid(request)
        actor, now = signed_in(request), timezone.now()
        erasure = services.request_erasure(actor=actor, at=now)
        return Response(represent_erasure(erasure), status=status.HTTP_202_ACCEPTED)


class KeepAccount(ApiView):
    """Take it back."""

    serializer_class = NoBody

    @docs.keep_account
    def post(self, request: Request) -> Response:
        self.valid(request)
        actor, now = signed_in(request), timezone.now()
        return Response(represent_erasure(services.cancel_erasure(actor=actor, at=now)))


class Receipt(PublicView):
    """The receipt of an erasure, for anybody who knows its id: the account no longer
    exists."""

    @docs.read_receipt
    def get(self, request: Request, erasure_id: UUID) -> Response:
        receipt = services.find_receipt(erasure_id=erasure_id)
        return Response(represent_receipt(receipt))
