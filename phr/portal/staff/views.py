"""The staff's dashboard: what waits for whom."""

from django.http import HttpRequest, HttpResponse

from phr.accounts.rights import Right, has_right
from phr.care.choices import VerificationStatus
from phr.care.emergency_reads import list_emergencies_to_review
from phr.care.verification_reads import list_licenses
from phr.core import outbox, readiness
from phr.portal.views import STAFF, PortalView, signed_in

SHOWN = 10  # of each list; the administration has them all


class Dashboard(PortalView):
    """What somebody's rights let them see and do, and nothing else."""

    roles = STAFF
    template = "portal/staff/dashboard.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        staff = signed_in(request)
        may = {right.name.lower(): has_right(staff, right) for right in Right}
        licences = emergencies = events = None
        if may["see_licenses"]:
            waiting = VerificationStatus.PENDING
            licences = list_licenses(staff, waiting, None, SHOWN)
        if may["review_emergencies"]:
            emergencies = list_emergencies_to_review(staff, None, SHOWN)
        if may["see_events"]:
            events = outbox.count_waiting()
        return self.page(
            may=may, licences=licences, emergencies=emergencies, events=events
        )


class Readiness(PortalView):
    """Whether all that the server needs is there."""

    roles = STAFF
    template = "portal/staff/readiness.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        parts = readiness.states()
        failing = [name for name, state in parts.items() if state != readiness.OK]
        return self.page(parts=parts.items(), failing=failing)
