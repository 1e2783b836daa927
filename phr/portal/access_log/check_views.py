"""Checking the log's seals, a piece at a time, until all of it is known to be right."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.audit.ledger_check import check_ledger_page, newest_seal_number
from phr.audit.verification import FaultKind, Page
from phr.portal.access_log.check_progress import (
    Progress,
    UnknownProgress,
    decode,
    encode,
)
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
    """The next piece of the check, and what was found so far."""

    roles = PATIENTS
    template = "portal/access_log/check.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        reader = signed_in(request)
        before = asked_progress(request)
        page = check_ledger_page(actor=reader, start=before.place)
        progress = before.after(page)
        return self.page(
            progress=progress,
            fault=FAULTS[page.fault.kind] if page.fault else "",
            fault_page=page.fault,
            unsealed=page.unsealed,
            next_place=encode(progress, reader) if page.next else "",
            share=share_of(page),
        )


def asked_progress(request: HttpRequest) -> Progress:
    """:raises Http404: the address names none that this person was given."""
    text = request.GET.get("place")
    if not text:
        return Progress()
    try:
        return decode(text, signed_in(request))
    except UnknownProgress as error:
        raise Http404 from error


def share_of(page: Page) -> int:
    """How much of the log is checked, in hundredths."""
    if page.next is None:
        return 100
    return min(99, page.next.number * 100 // max(newest_seal_number(), 1))
