"""Changing and ending a doctor's access, and seeing what they see."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.audit.actions import Action
from phr.care import grants, lookups
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.health_records.grant_preview import preview_grant
from phr.interfaces.browser_session import has_proof
from phr.portal.access.forms import GrantForm, ReasonForm
from phr.portal.access.term_pages import TermsView
from phr.portal.access.words import CLOSED, scope_in_words, seen_in_words
from phr.portal.paging import read_list_page
from phr.portal.views import PATIENTS, PortalView, signed_in


def own_grant(request: HttpRequest, grant_id: UUID, action: Action) -> CareGrant:
    """:raises NotFound: it is none of theirs."""
    return lookups.find_grant_as_patient(
        actor=signed_in(request), grant_id=grant_id, action=action
    )


def back_with(request: HttpRequest, words: str) -> HttpResponse:
    """Back to who has access, with what has become of it."""
    messages.info(request, words)
    return redirect("portal:access")


class ChangeAccess(TermsView):
    """Give a doctor more, less, or another end."""

    template = "portal/access/change.html"

    def get(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_CHANGED)
        now = timezone.now()
        if grant.state(now) != GrantStatus.ACTIVE:
            return back_with(request, _("This access is not open any more."))
        return self.terms_page(change_form(None, grant), grant.doctor, now, grant=grant)

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_CHANGED)
        form, now = change_form(request, grant), timezone.now()
        if self.only_shows(request) or not form.is_valid():
            return self.terms_page(form, grant.doctor, now, grant=grant)
        self.change(form, grant)
        if form.errors:
            return self.terms_page(form, grant.doctor, now, grant=grant)
        said = _("The access of %(doctor)s has changed.") % {"doctor": grant.doctor}
        messages.success(request, said)
        return redirect("portal:access")

    def change(self, form: GrantForm, grant: CareGrant) -> None:
        """:raises StepUpRequired: it gives more, and needs a proof."""
        now = timezone.now()
        with form.showing_refusals():
            grants.change_grant(
                actor=signed_in(self.request),
                grant_id=grant.pk,
                at=now,
                terms=form.terms(now),
                proved=has_proof(self.request.session, at=now),
            )


def change_form(request: HttpRequest | None, grant: CareGrant) -> GrantForm:
    form = GrantForm(request.POST if request else None, grant=grant)
    del form.fields["reason"]  # it says why a doctor was let in, once
    return form


class EndAccess(PortalView):
    """End a doctor's access, after what that means has been said once."""

    roles = PATIENTS
    template = "portal/access/end.html"

    def get(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = self.find(request, grant_id)
        if grant.state(timezone.now()) != GrantStatus.ACTIVE:
            return back_with(request, _("This access is not open any more."))
        return self.form_page(ReasonForm(), grant=grant)

    def post(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = self.find(request, grant_id)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, grant=grant)
        try:
            grants.end_grant(
                actor=signed_in(request),
                grant_id=grant_id,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except grants.GrantNotOpen:
            return back_with(request, _("This access has ended already."))
        said = _("%(doctor)s sees nothing of yours from now on.")
        messages.success(request, said % {"doctor": grant.doctor})
        return redirect("portal:access")

    def find(self, request: HttpRequest, grant_id: UUID) -> CareGrant:
        return own_grant(request, grant_id, Action.GRANT_ENDED)


class PreviewAccess(PortalView):
    """A doctor's access as the doctor has it."""

    roles = PATIENTS
    template = "portal/access/preview.html"

    def get(self, request: HttpRequest, grant_id: UUID) -> HttpResponse:
        grant = own_grant(request, grant_id, Action.GRANT_PREVIEWED)
        found = preview_grant(
            actor=signed_in(request), grant_id=grant_id, at=timezone.now()
        )
        scope = scope_in_words(grant.record_types, grant.records_since)
        return self.page(
            grant=grant,
            preview=found,
            sees=seen_in_words(found.visible, found.total, scope),
            closed=CLOSED[found.closed] if found.closed else "",
            records=read_list_page(request, found.list_shown, "visit_date"),
        )
