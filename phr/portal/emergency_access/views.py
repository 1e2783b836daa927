"""Emergency access: what happens then, the form, and what is in force."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.care.choices import EmergencyReason
from phr.care.emergency_access import open_emergency_access
from phr.care.emergency_reads import emergencies_in_force
from phr.core.errors import NotFound
from phr.identity.second_factor_rules import SecondFactorNeeded
from phr.interfaces.browser_session import SECOND_FACTOR
from phr.portal.emergency_access.forms import EmergencyForm
from phr.portal.sent_once import send_once
from phr.portal.views import DOCTORS, PortalView, signed_in


class Emergency(PortalView):
    """Read a patient's records without being let in, for a while, and be seen."""

    roles = DOCTORS
    needs_proof = True
    template = "portal/emergency_access/emergency.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.opening(EmergencyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.is_strong:
            raise SecondFactorNeeded(_("Set up a second factor and sign in with it."))
        form = EmergencyForm(request.POST)
        if form.is_valid():
            with form.showing_refusals(NotFound):
                opened = send_once(request, form, partial(self.open, form))
                messages.warning(
                    request, _("You have emergency access. The patient is told now.")
                )
                return opened
        return self.opening(form)

    def open(self, form: EmergencyForm) -> str:
        grant = open_emergency_access(
            actor=signed_in(self.request),
            named=form.named,
            reason_code=EmergencyReason(form.cleaned_data["reason_code"]),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        return reverse("portal:chart", args=[grant.patient_id])

    @property
    def is_strong(self) -> bool:
        """Whether this session was begun with a second factor."""
        return bool(self.request.session.get(SECOND_FACTOR))

    def opening(self, form: EmergencyForm) -> HttpResponse:
        doctor = signed_in(self.request)
        return self.form_page(
            form,
            in_force=emergencies_in_force(doctor),
            is_on=settings.EMERGENCY_ACCESS,
            is_strong=self.is_strong,
            is_verified=doctor.doctor_profile.is_verified,
            minutes=settings.EMERGENCY_ACCESS_MINUTES,
        )
