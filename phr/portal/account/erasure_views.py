"""Closing one's account for good, taking that back, and the receipt."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.core.errors import NotFound
from phr.erasure import services
from phr.portal.account.receipts import counts_in_words
from phr.portal.views import OpenPage, PortalView, signed_in


class Delete(PortalView):
    """What closing the account means, and that it was asked for."""

    template = "portal/account/delete.html"
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            erasure = services.find_erasure(actor=signed_in(request))
        except NotFound:
            return self.page(days=services.TIME_TO_RECONSIDER.days)
        return self.page(erasure=erasure)

    def post(self, request: HttpRequest) -> HttpResponse:
        services.request_erasure(actor=signed_in(request), at=timezone.now())
        return redirect("portal:delete_account")


class Keep(PortalView):
    """Take it back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        services.cancel_erasure(actor=signed_in(request), at=timezone.now())
        messages.success(request, _("Your account stays."))
        return redirect("portal:account")


class Receipt(OpenPage):
    """What was erased, for anybody who knows the address: the account is gone."""

    template = "portal/account/receipt.html"

    def get(self, request: HttpRequest, erasure_id: UUID) -> HttpResponse:
        receipt = services.find_receipt(erasure_id=erasure_id)
        counts = list(counts_in_words(receipt.counts))
        return self.page(receipt=receipt, counts=counts)
