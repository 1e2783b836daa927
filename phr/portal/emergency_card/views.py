"""A patient's emergency card."""

from django.http import HttpRequest, HttpResponse

from phr.care.profiles import read_profile
from phr.portal.views import PATIENTS, PortalView, signed_in


class EmergencyCard(PortalView):
    """Who somebody is, and what others must know before they help."""

    roles = PATIENTS
    template = "portal/emergency_card/card.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        profile = read_profile(signed_in(request))
        return self.page(patient=profile.patient, doctor=profile.assigned_doctor)
