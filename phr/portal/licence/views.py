"""A doctor's licence: its state, what is missing, and handing in again."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from phr.accounts.models import User
from phr.care import verification
from phr.care.verification_reads import latest_license
from phr.portal.licence.forms import LicenceForm
from phr.portal.sent_once import send_once
from phr.portal.views import DOCTORS, PortalView, signed_in


class Licence(PortalView):
    """Am I verified, until when, and what do staff still want?"""

    roles = DOCTORS
    needs_proof = True
    template = "portal/licence/licence.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        doctor = signed_in(request)
        return self.standing(LicenceForm(initial=known_of(doctor)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LicenceForm(request.POST)
        if form.is_valid():
            with form.showing_refusals():
                handed_in = send_once(request, form, partial(self.hand_in, form))
                messages.success(request, _("Your licence was handed in."))
                return handed_in
        return self.standing(form)

    def hand_in(self, form: LicenceForm) -> str:
        doctor = signed_in(self.request)
        verification.hand_in_license(actor=doctor, **form.values())
        return reverse("portal:licence")

    def standing(self, form: LicenceForm) -> HttpResponse:
        doctor = signed_in(self.request)
        latest = latest_license(doctor)
        return self.form_page(form, doctor=doctor.doctor_profile, latest=latest)


def known_of(user: User) -> dict[str, Any]:
    """What stands in the form before anything is typed."""
    return {
        "license_number": user.doctor_profile.license_number,
        "specialization": user.doctor_profile.specialization,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }
