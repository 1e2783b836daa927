"""Checking the log's seals, all of them; a worker goes on where a request ends."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.audit.verification import FaultKind
from phr.audit.whole_check import begin_check, find_check
from phr.portal.views import PATIENTS, PortalView, signed_in

FAULTS: dict[FaultKind, str | Promise] = {
    FaultKind.CHANGED: _("A line was changed after it had been sealed."),
    FaultKind.REMOVED: _("A sealed line is missing."),
    FaultKind.ADDED: _("A line was put in among sealed lines."),
    FaultKind.SEAL_CHANGED: _("A seal was changed."),
    FaultKind.SEAL_MISSING: _("A seal is missing."),
    FaultKind.BAD_SIGNATURE: _("The signature of a seal is not valid."),
    FaultKind.UNKNOWN_KEY: _("A seal was signed with a key that nobody here knows."),
    FaultKind.TAIL_MISSING: _("The latest seal is missing, or was replaced."),
}


class CheckSeals(PortalView):
    """Begin a check, see how far it is, read what was found."""

    roles = PATIENTS
    template = "portal/access_log/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        check = find_check(signed_in(request).pk)
        return self.page(
            check=check,
            is_under_way=check and check.is_under_way(timezone.now()),
            fault=FAULTS[check.fault[0]] if check and check.fault else "",
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        begin_check(actor=signed_in(request), at=timezone.now())
        return redirect("portal:access_log_check")
