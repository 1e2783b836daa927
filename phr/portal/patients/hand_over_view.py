"""Handing over a patient to another doctor, who is looked for in the directory."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.audit.actions import Action
from phr.care import services
from phr.care.choices import GrantStatus
from phr.care.doctor_directory import list_doctors
from phr.core.errors import NotFound
from phr.health_records import reads
from phr.portal.paging import read_list_page
from phr.portal.patients.forms import DoctorFinder, HandOverForm
from phr.portal.views import DOCTORS, PortalView, signed_in


class HandOver(PortalView):
    """Make another doctor the patient's main one; the patient is told or asked."""

    roles = DOCTORS
    needs_proof = True
    template = "portal/patients/hand_over.html"

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        return self.choosing(HandOverForm(), patient_id)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        doctor, now = signed_in(request), timezone.now()
        reads.find_care(doctor, patient_id, Action.DOCTOR_ASSIGNED, now)
        form = HandOverForm(request.POST)
        if form.is_valid():
            with form.showing_refusals(NotFound):
                grant = services.assign_doctor(
                    actor=doctor,
                    patient_id=patient_id,
                    doctor_id=form.cleaned_data["doctor_id"],
                    at=now,
                )
                asked = grant.status == GrantStatus.PENDING
                messages.success(
                    request,
                    _("The patient was asked.")
                    if asked
                    else _("You have handed over."),
                )
                return redirect("portal:patients")
        return self.choosing(form, patient_id)

    def choosing(self, form: HandOverForm, patient_id: UUID) -> HttpResponse:
        doctor, now = signed_in(self.request), timezone.now()
        care = reads.find_care(doctor, patient_id, Action.DOCTOR_ASSIGNED, now)
        finder = DoctorFinder(self.request.GET)
        fetch = partial(list_doctors, doctor, finder.filters)
        doctors = read_list_page(self.request, fetch, "created_at")
        return self.form_page(
            form,
            care=care,
            doctors=doctors,
            finder=finder,
            at_once=services.assigns_at_once(doctor),
        )
