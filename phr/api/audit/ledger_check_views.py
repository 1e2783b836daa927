"""Whether the ledger is as it was sealed, for everybody who is in it."""

from urllib.parse import urlencode

from rest_framework.request import Request

from phr.api.audit import docs
from phr.api.audit.ledger_check_cursors import decode, encode
from phr.api.audit.representations import represent_ledger_check
from phr.api.json import Response
from phr.api.views import ApiView, signed_in
from phr.audit.ledger_check import check_ledger_page
from phr.audit.verification import START, Place
from phr.core.public_url import public_url


class VerifyLedger(ApiView):
    """A page of seals, and the lines under them."""

    def known_parameters(self, request: Request) -> set[str]:
        return {"cursor"}

    @docs.verify_access_log
    def get(self, request: Request) -> Response:
        actor = signed_in(request)
        text = request.query_params.get("cursor")
        start = START if text is None else decode(text)
        page = check_ledger_page(actor=actor, start=start)
        next_page = next_link(request, page.next)
        return Response(represent_ledger_check(page, next_page))


def next_link(request: Request, place: Place | None) -> str | None:
    if place is None:
        return None
    return public_url(f"{request.path}?{urlencode({'cursor': encode(place)})}")
