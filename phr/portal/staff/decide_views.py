"""What staff decide: about doctors, emergency accesses, and who cares for whom."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.accounts.rights import Right, insist_on_right
from phr.care import services, verification
from phr.care.choices import EmergencyVerdict
from phr.care.doctor_directory import DoctorFilters, list_doctors
from phr.care.emergency_access import review_emergency_access
from phr.care.emergency_reads import read_emergency_to_review
from phr.care.models import DoctorVerification
from phr.care.profiles import read_patient_name
from phr.care.verification_reads import read_license_in_question
from phr.core.errors import NotFound
from phr.portal.paging import read_list_page
from phr.portal.staff.forms import AssignForm, DecisionForm, DoctorFinder, ReviewForm
from phr.portal.views import STAFF, PortalView, signed_in


class DecideOnDoctor(PortalView):
    """Verify a doctor until some day, or refuse the licence with a reason."""

    roles = STAFF
    needs_proof = True
    template = "portal/staff/decide.html"

    def get(self, request: HttpRequest, doctor_id: UUID) -> HttpResponse:
        asked = self.find_license(doctor_id)
        seen = {name: getattr(asked, name) for name in verification.CHECKED}
        return self.form_page(DecisionForm(initial=seen), asked=asked)

    def post(self, request: HttpRequest, doctor_id: UUID) -> HttpResponse:
        asked = self.find_license(doctor_id)
        form = DecisionForm(request.POST)
        if form.is_valid():
            decide: Any = (
                verification.refuse_doctor
                if form.refuses
                else verification.verify_doctor
            )
            with form.showing_refusals():
                decide(
                    actor=signed_in(request),
                    doctor_id=doctor_id,
                    at=timezone.now(),
                    **form.values(),
                )
                said = (
                    _("The doctor was refused.")
                    if form.refuses
                    else _("The doctor is verified.")
                )
                messages.success(request, said)
                return redirect("portal:staff")
        return self.form_page(form, asked=asked)

    def find_license(self, doctor_id: UUID) -> DoctorVerification:
        return read_license_in_question(
            actor=signed_in(self.request), doctor_id=doctor_id
        )


class ReviewEmergency(PortalView):
    """Say whether an emergency access was justified; it is said once."""

    roles = STAFF
    needs_proof = True
    template = "portal/staff/review.html"

    def get(self, request: HttpRequest, emergency_id: UUID) -> HttpResponse:
        return self.reviewing(ReviewForm(), emergency_id)

    def post(self, request: HttpRequest, emergency_id: UUID) -> HttpResponse:
        staff, form = signed_in(request), ReviewForm(request.POST)
        read_emergency_to_review(actor=staff, emergency_id=emergency_id)
        if form.is_valid():
            with form.showing_refusals():
                review_emergency_access(
                    actor=staff,
                    emergency_id=emergency_id,
                    at=timezone.now(),
                    verdict=EmergencyVerdict(form.cleaned_data["verdict"]),
                    note=form.cleaned_data["note"],
                )
                messages.success(
                    request, _("Reviewed. The patient and the doctor are told.")
                )
                return redirect("portal:staff")
        return self.reviewing(form, emergency_id)

    def reviewing(self, form: ReviewForm, emergency_id: UUID) -> HttpResponse:
        staff = signed_in(self.request)
        emergency = read_emergency_to_review(actor=staff, emergency_id=emergency_id)
        state = emergency.grant.state(timezone.now())
        return self.form_page(form, emergency=emergency, state=state)


class Assign(PortalView):
    """Put a patient in a doctor's care."""

    roles = STAFF
    needs_proof = True
    template = "portal/staff/assign.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        insist_on_right(signed_in(request), Right.ASSIGN_DOCTORS)
        code = request.GET.get("patient_id", "")
        return self.choosing(AssignForm(initial={"patient_id": code}))

    def post(self, request: HttpRequest) -> HttpResponse:
        staff, form = signed_in(request), AssignForm(request.POST)
        services.refuse_stranger(staff)  # before it is said what is wrong with the form
        if form.is_valid():
            with form.showing_refusals(NotFound):
                grant = services.assign_doctor(
                    actor=staff, at=timezone.now(), **form.cleaned_data
                )
                said = _("%(doctor)s is assigned to %(patient)s. Both are told.")
                names = {"doctor": grant.doctor, "patient": grant.patient}
                messages.success(request, said % names)
                return redirect("portal:staff")
        return self.choosing(form)

    def choosing(self, form: AssignForm) -> HttpResponse:
        finder = DoctorFinder(self.request.GET)
        words = finder.cleaned_data.get("q") or None
        filters = DoctorFilters(search=words)
        fetch = partial(list_doctors, signed_in(self.request), filters)
        doctors = read_list_page(self.request, fetch, "created_at")
        name = self.find_patient_name(form)
        return self.form_page(form, finder=finder, doctors=doctors, patient_name=name)

    def find_patient_name(self, form: AssignForm) -> str:
        """Whose code stands in the form, as far as one may know; else empty."""
        try:
            code = form.fields["patient_id"].clean(form["patient_id"].value())
        except ValidationError:
            return ""
        return read_patient_name(actor=signed_in(self.request), patient_id=code)
