"""Letting a doctor in: who, which records, for how long."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.care.doctor_directory import DoctorFilters, list_doctors
from phr.care.lookups import find_doctor
from phr.care.models import DoctorProfile
from phr.care.services import invite_doctor
from phr.portal.access.forms import TermsForm
from phr.portal.access.term_pages import TermsView
from phr.portal.forms import PortalForm
from phr.portal.paging import ListPage, read_list_page
from phr.portal.sent_once import send_once
from phr.portal.views import signed_in

DOCTORS_AT_ONCE = 10
NOBODY = ListPage([], "", "")


class DoctorSearch(PortalForm):
    """Words of a doctor's name, or of what they do."""

    search = forms.CharField(
        label=gettext_lazy("Name of the doctor, or what they do"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class Invite(TermsView):
    """Let a doctor in: the one chosen in the address, as the form says."""

    template = "portal/access/invite.html"
    needs_proof = True

    def wants_proof(self, request: HttpRequest) -> bool:
        return not self.only_shows(request)

    def get(self, request: HttpRequest) -> HttpResponse:
        if "doctor" not in request.GET:
            return self.search_page(request)
        doctor = find_doctor(chosen_doctor(request))
        return self.terms_page(TermsForm(), doctor, timezone.now())

    def search_page(self, request: HttpRequest) -> HttpResponse:
        """Who? What is found stands below the words that it is found by."""
        search = DoctorSearch(request.GET)
        words = search.cleaned_data["search"] if search.is_valid() else ""
        filters = DoctorFilters(search=words)
        fetch = partial(list_doctors, signed_in(request), filters)
        found = (
            read_list_page(request, fetch, "created_at", size=DOCTORS_AT_ONCE)
            if words
            else NOBODY
        )
        return self.form_page(search, doctors=found, words=words)

    def post(self, request: HttpRequest) -> HttpResponse:
        doctor = find_doctor(chosen_doctor(request))
        form, now = TermsForm(request.POST), timezone.now()
        if self.only_shows(request) or not form.is_valid():
            return self.terms_page(form, doctor, now)
        with form.showing_refusals():
            let_in = send_once(request, form, partial(self.invite, form, doctor, now))
            said = _("%(doctor)s can see your records now, as far as you have said.")
            messages.success(request, said % {"doctor": doctor})
            return let_in
        return self.terms_page(form, doctor, now)

    def invite(self, form: TermsForm, doctor: DoctorProfile, now: datetime) -> str:
        invite_doctor(
            actor=signed_in(self.request),
            doctor_id=doctor.pk,
            at=now,
            terms=form.terms(now),
            reason=form.cleaned_data["reason"],
        )
        return reverse("portal:access")


def chosen_doctor(request: HttpRequest) -> UUID:
    """:raises Http404: the address names no doctor."""
    try:
        return UUID(request.GET.get("doctor", ""))
    except ValueError as error:
        raise Http404 from error
