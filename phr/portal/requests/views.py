"""Asking patients for access, taking over, and ending one's own access."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.care import grants, lookups, services
from phr.care.choices import GrantStatus
from phr.care.closed_grants import names_patient_to
from phr.core.errors import NotFound
from phr.portal.paging import read_list_page
from phr.portal.requests.forms import AskForm, EndForm, TakeOverForm
from phr.portal.sent_once import send_once
from phr.portal.views import DOCTORS, PortalView, signed_in


class Requests(PortalView):
    """What was asked, and what has become of it, the newest first."""

    roles = DOCTORS
    template = "portal/requests/requests.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        doctor = signed_in(request)
        fetch = partial(lookups.list_grants, doctor, None)
        listed = read_list_page(request, fetch, "requested_at")
        return self.page(grants=listed, now=timezone.now())


class Ask(PortalView):
    """Ask a patient for access; nothing is open until they accept."""

    roles = DOCTORS
    template = "portal/requests/ask.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.asking(AskForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AskForm(request.POST)
        if form.is_valid():
            with form.showing_refusals(NotFound):
                asked = send_once(request, form, partial(self.ask, form))
                messages.success(request, _("The patient was asked."))
                return asked
        return self.asking(form)

    def ask(self, form: AskForm) -> str:
        services.request_access(
            actor=signed_in(self.request), at=timezone.now(), **form.cleaned_data
        )
        return reverse("portal:requests")

    def asking(self, form: AskForm) -> HttpResponse:
        at_once = services.assigns_at_once(signed_in(self.request))
        return self.form_page(form, can_take_over=at_once)


class TakeOver(PortalView):
    """Become the main doctor of a patient who has none."""

    roles = DOCTORS
    needs_proof = True
    template = "portal/requests/take_over.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(TakeOverForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TakeOverForm(request.POST)
        if form.is_valid():
            with form.showing_refusals(NotFound):
                grant = services.assign_doctor(
                    actor=signed_in(request),
                    patient_id=form.cleaned_data["patient_id"],
                    doctor_id=None,
                    at=timezone.now(),
                )
                return self.taken(grant.patient_id, grant.status)
        return self.form_page(form)

    def taken(self, patient_id: UUID, status: str) -> HttpResponse:
        if status == GrantStatus.PENDING:
            messages.success(self.request, _("The patient was asked."))
            return redirect("portal:requests")
        messages.success(self.request, _("The patient is now in your care."))
        return redirect("portal:chart", patient_id)


class EndAccess(PortalView):
    """Withdraw a request, or end one's own access."""

    roles = DOCTORS
    template = "portal/requests/end.html"

    def get(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        return self.ending(EndForm(), grant_id)

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        doctor, form = signed_in(request), EndForm(request.POST)
        grant = lookups.find_grant_to_end(actor=doctor, grant_id=grant_id)
        was_open = grant.status == GrantStatus.ACTIVE
        if form.is_valid():
            with form.showing_refusals():
                grants.end_grant(
                    actor=doctor,
                    grant_id=grant_id,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
                said = _("Your access has ended.") if was_open else _("Withdrawn.")
                messages.success(request, said)
                return redirect("portal:requests")
        return self.ending(form, grant_id)

    def ending(self, form: EndForm, grant_id: UUID) -> HttpResponse:
        doctor = signed_in(self.request)
        grant = lookups.find_grant_to_end(actor=doctor, grant_id=grant_id)
        now = timezone.now()
        named = names_patient_to(doctor, grant, now)
        return self.form_page(form, grant=grant, state=grant.state(now), named=named)
