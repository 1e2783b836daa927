"""Emergency accesses in the admin site, and the page on which staff review one."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from phr.accounts.rights import Right, has_right
from phr.audit.models import AccessEntry, Outcome
from phr.care import emergency_access
from phr.care.admin.signed_in import staff
from phr.care.choices import EmergencyVerdict, GrantStatus
from phr.care.models import (
    LONGEST_REASON,
    CareGrant,
    DoctorProfile,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.admin import ShownOnly, StateFilter
from phr.core.errors import DomainError
from phr.core.single_line import refuse_other_than_one_line

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ReviewForm(forms.Form):
    """What staff think of it, and why."""

    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=EmergencyVerdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_REASON,
        validators=[refuse_other_than_one_line],
        help_text=_("For staff only. Patient and doctor see only the verdict."),
    )


class EmergencyStateFilter(StateFilter):
    states = GrantStatus.choices

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, "StrOrPromise"]]:
        """Nobody is asked before, so none waits for an answer or was declined."""
        never = (GrantStatus.PENDING, GrantStatus.DECLINED)
        return [
            (state.value, state.label) for state in GrantStatus if state not in never
        ]

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        return rows.filter(grant__in=CareGrant.objects.in_state(state))


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(ShownOnly):
    """What is to be reviewed stands first."""

    list_display = (
        "doctor",
        "patient",
        "state",
        "opened_at",
        "reason_code",
        "reviewed_at",
        "verdict",
        "reviewed_by",
    )
    list_filter = (
        EmergencyStateFilter,
        ("reviewed_at", admin.EmptyFieldListFilter),
        "verdict",
        "reason_code",
    )
    list_select_related = ("grant__doctor__user", "grant__patient__user", "reviewed_by")
    ordering = (F("reviewed_at").desc(nulls_first=True), "-pk")
    finds_people = True
    search_fields = (
        "grant__doctor__user__search_text",
        "grant__patient__user__search_text",
    )
    fields = (
        "doctor",
        "patient",
        "grant",
        "state",
        "opened_at",
        "expires_at",
        "ended_at",
        "ended_by",
        "reason_code",
        "reason",
        "entries",
        "reviewed_at",
        "reviewed_by",
        "verdict",
        "review_note",
    )

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Who may review: as the service asks."""
        return has_right(staff(request), Right.REVIEW_EMERGENCIES)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.review)
        return [
            path("<uuid:object_id>/review/", view, name="care_emergencyaccess_review"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "POST"]))
    def review(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Say whether an emergency access was justified; it is said once."""
        if not self.has_review_permission(request):
            raise PermissionDenied
        accesses = EmergencyAccess.objects.select_related(*self.list_select_related)
        access = get_object_or_404(accesses, pk=object_id)
        form = ReviewForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self.carry_out(request, access, form):
            return redirect("admin:care_emergencyaccess_change", object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object_id": object_id,
            "title": gettext("Review emergency access"),
            "facts": self.facts_about(access),
            "form": form,
            "submit": gettext("Review"),
        }
        return TemplateResponse(request, "admin/care/decision.html", context)

    def carry_out(
        self, request: HttpRequest, access: EmergencyAccess, form: ReviewForm
    ) -> bool:
        """Do what the form says; what the service refuses is put into the form."""
        try:
            with transaction.atomic():  # the review and the site's log of it
                reviewed = emergency_access.review_emergency_access(
                    actor=staff(request),
                    emergency_id=access.pk,
                    at=timezone.now(),
                    verdict=EmergencyVerdict(form.cleaned_data["verdict"]),
                    note=form.cleaned_data["note"],
                )
                verdict = reviewed.get_verdict_display()
                self.log_change(
                    request,
                    reviewed,
                    gettext("Reviewed: %(verdict)s.") % {"verdict": verdict},
                )
        except DomainError as error:
            form.add_error(None, ValidationError(error.detail, error.code))
            return False
        self.message_user(
            request, gettext("Reviewed: %(verdict)s.") % {"verdict": verdict}
        )
        return True

    def facts_about(self, access: EmergencyAccess) -> list[tuple[str, object]]:
        """What there is to judge by."""
        return [
            (gettext("Doctor"), self.doctor(access)),
            (gettext("Patient"), self.patient(access)),
            (gettext("State"), self.state(access)),
            (gettext("Opened"), self.opened_at(access)),
            (gettext("Expires"), self.expires_at(access)),
            (gettext("Ended"), self.ended_at(access)),
            (gettext("Ended by"), self.ended_by(access)),
            (gettext("Reason"), access.get_reason_code_display()),
            (gettext("In words"), self.reason(access)),
            (gettext("Entries in the ledger"), self.entries(access)),
        ]

    @admin.display(description=_("doctor"), ordering="grant__doctor")
    def doctor(self, access: EmergencyAccess) -> DoctorProfile:
        return access.grant.doctor

    @admin.display(description=_("patient"), ordering="grant__patient")
    def patient(self, access: EmergencyAccess) -> PatientProfile:
        return access.grant.patient

    @admin.display(description=_("state"))
    def state(self, access: EmergencyAccess) -> str:
        return str(access.grant.state(timezone.now()).label)

    @admin.display(description=_("opened at"), ordering="grant__starts_at")
    def opened_at(self, access: EmergencyAccess) -> str:
        return self.shown(access.grant.starts_at)

    @admin.display(description=_("expires at"))
    def expires_at(self, access: EmergencyAccess) -> str:
        return self.shown(access.grant.expires_at)

    @admin.display(description=_("ended at"))
    def ended_at(self, access: EmergencyAccess) -> str:
        return self.shown(access.grant.ended_at)

    @admin.display(description=_("ended by"))
    def ended_by(self, access: EmergencyAccess) -> str:
        return self.shown(access.grant.ended_by)

    def shown(self, value: Any) -> str:
        """A time, or nothing, as the site shows those of columns."""
        return display_for_value(value, self.get_empty_value_display())

    @admin.display(description=_("in words"))
    def reason(self, access: EmergencyAccess) -> str:
        return access.grant.reason

    @admin.display(description=_("Entries in the ledger"))
    def entries(self, access: EmergencyAccess) -> int:
        """How often the doctor has read or written by it."""
        entries = AccessEntry.objects.filter(
            patient_id=access.grant.patient_id,
            grant_id=access.grant_id,
            outcome=Outcome.ALLOWED,
        )
        return entries.exclude(object_kind="grant").count()
