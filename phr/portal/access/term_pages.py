"""Pages on which a patient chooses how far access goes, and sees what that opens."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from phr.care.models import DoctorProfile
from phr.portal.access.forms import TermsForm
from phr.portal.access.openings import opening_of
from phr.portal.views import PATIENTS, PortalView, signed_in

SHOW = "show"  # the button that shows what a choice would open, and changes nothing


class TermsView(PortalView):
    """A page with a form of terms, and what they would open beside it."""

    roles = PATIENTS

    def only_shows(self, request: HttpRequest) -> bool:
        """Whether nothing is to be done with the terms that were sent."""
        return SHOW in request.POST

    def terms_page(
        self, form: TermsForm, doctor: DoctorProfile, now: datetime, **context: object
    ) -> HttpResponse:
        """The page with the form; what is wrong stands in it, if anything."""
        opening = opening_of(form, signed_in(self.request), doctor, now)
        shown = {"form": form, "doctor": doctor, "opening": opening, **context}
        # A script that shows it as one chooses takes no other status.
        status = 200 if self.only_shows(self.request) else form.status
        return self.page(status=status, **shown)
