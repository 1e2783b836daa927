"""Who can see a patient's records, who asks to, and who could once."""

from datetime import datetime
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from phr.care.access_overview import read_access_overview
from phr.care.choices import GrantStatus, RecordType
from phr.care.lookups import list_grants
from phr.care.models import CareGrant
from phr.portal.access.cards import cards_of
from phr.portal.access.emergencies import open_emergency
from phr.portal.access.words import STATES
from phr.portal.paging import read_list_page
from phr.portal.views import PATIENTS, PortalView, signed_in


class Access(PortalView):
    """The doctors who have access now, those who ask, and the latest who had it."""

    roles = PATIENTS
    template = "portal/access/access.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        reader, now = signed_in(request), timezone.now()
        overview = read_access_overview(reader)
        cards = cards_of(reader, overview.active, now)
        return self.page(
            overview=overview,
            cards=cards,
            closed=[
                (grant, state_of(grant), over_since(grant)) for grant in overview.closed
            ],
            kinds=[
                (kind, [card.cells[place] for card in cards])
                for place, kind in enumerate(RecordType)
            ],
            emergencies=[
                open_emergency(card.grant)
                for card in cards
                if card.is_emergency and not card.closed
            ],
        )


class AllAccess(PortalView):
    """Everybody who has, had, or asked for access, the latest first."""

    roles = PATIENTS
    template = "portal/access/all.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        state = asked_state(request.GET.get("state", ""))
        fetch = partial(list_grants, signed_in(request), state)
        found = read_list_page(request, fetch, "requested_at")
        return self.page(
            grants=found,
            rows=[(grant, state_of(grant)) for grant in found.rows],
            states=STATES.items(),
            chosen=state or "",
        )


def asked_state(text: str) -> GrantStatus | None:
    """:raises Http404: it is no state."""
    if not text:
        return None
    try:
        return GrantStatus(text)
    except ValueError as error:
        raise Http404 from error


def over_since(grant: CareGrant) -> datetime | None:
    """When it was ended, declined, or ran out."""
    if grant.state(timezone.now()) == GrantStatus.EXPIRED:
        return grant.expires_at
    return grant.ended_at or grant.decided_at


def state_of(grant: CareGrant) -> str:
    return str(STATES[grant.state(timezone.now())])
