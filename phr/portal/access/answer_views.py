"""Answering doctors who ask for access."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.audit.actions import Action
from phr.care import grants
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.portal.access.forms import GrantForm, ReasonForm
from phr.portal.access.grant_views import back_with, own_grant
from phr.portal.access.term_pages import TermsView
from phr.portal.sent_once import send_once
from phr.portal.views import PATIENTS, PortalView, signed_in


def is_waiting(grant: CareGrant) -> bool:
    return grant.state(timezone.now()) == GrantStatus.PENDING


def answered(request: HttpRequest) -> HttpResponse:
    return back_with(request, _("This request waits no more: it has been answered."))


class AcceptRequest(TermsView):
    """Let in a doctor who has asked, as far as the patient wants."""

    template = "portal/access/accept.html"
    needs_proof = True

    def wants_proof(self, request: HttpRequest) -> bool:
        return not self.only_shows(request)

    def get(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_ACCEPTED)
        if not is_waiting(grant):
            return answered(request)
        form, now = GrantForm(grant=grant), timezone.now()
        return self.terms_page(form, grant.doctor, now, grant=grant)

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_ACCEPTED)
        form, now = GrantForm(request.POST, grant=grant), timezone.now()
        if self.only_shows(request) or not form.is_valid():
            return self.terms_page(form, grant.doctor, now, grant=grant)
        with form.showing_refusals():
            let_in = send_once(request, form, partial(self.accept, form, grant_id, now))
            said = _("%(doctor)s can see your records now, as far as you have said.")
            messages.success(request, said % {"doctor": grant.doctor})
            return let_in
        return self.terms_page(form, grant.doctor, now, grant=grant)

    def accept(self, form: GrantForm, grant_id: UUID, now: datetime) -> str:
        grants.accept_grant(
            actor=signed_in(self.request),
            grant_id=grant_id,
            at=now,
            terms=form.terms(now),
            reason=form.cleaned_data["reason"],
        )
        return reverse("portal:access")


class DeclineRequest(PortalView):
    """Say no to a doctor who has asked."""

    roles = PATIENTS
    template = "portal/access/decline.html"

    def get(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_DECLINED)
        if not is_waiting(grant):
            return answered(request)
        return self.form_page(ReasonForm(), grant=grant)

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_DECLINED)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, grant=grant)
        try:
            grants.decline_grant(
                actor=signed_in(request),
                grant_id=grant_id,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except grants.GrantNotPending:
            return answered(request)
        said = _("You have declined. %(doctor)s sees nothing of yours.")
        messages.success(request, said % {"doctor": grant.doctor})
        return redirect("portal:access")
