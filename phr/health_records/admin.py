"""Health data in the admin site: that it exists, and its text behind a permission."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from phr.accounts.rights import Right, has_right
from phr.audit.actions import Action
from phr.care.admin import staff
from phr.care.models import PatientProfile
from phr.core.admin import ShownOnly, StateFilter
from phr.core.errors import NotAllowed, NotFound
from phr.health_records import account_limits, staff_reads
from phr.health_records.models import (
    TEXTS,
    AccountUsage,
    DoctorComment,
    HealthRecord,
)
from phr.health_records.visit_times import in_words


def answer_refusal(read: Callable[[], Any]) -> Any:
    """Call a service and put its refusals in the admin site's words."""
    try:
        return read()
    except NotAllowed as error:
        raise PermissionDenied(error.detail) from error
    except NotFound as error:
        raise Http404(error.detail) from error


class ClinicalTextAdmin(ShownOnly):
    """A list without clinical text; each row's text is one deliberate step away.

    GET asks whether one really wants to read, POST enters it in the ledger and shows.
    """

    change_form_template = "admin/clinical_text/change_form.html"
    action: Action  # what the ledger calls the reading
    object_kind: str
    text_template: str

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_clinical_text"
        view = self.admin_site.admin_view(self.clinical_text)
        return [
            path("<uuid:object_id>/clinical-text/", view, name=name),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer the text to those alone who may read it."""
        may_read = staff_reads.may_read_clinical_text(staff(request))
        context = {"may_read": may_read, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @method_decorator(require_http_methods(["GET", "POST"]))
    def clinical_text(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object_id": object_id,
            "title": gettext("Read clinical text"),
        }
        if request.method == "POST":
            context |= answer_refusal(lambda: self.read(request, object_id))
            return TemplateResponse(request, self.text_template, context)
        answer_refusal(
            lambda: staff_reads.check_clearance(
                actor=staff(request),
                action=self.action,
                object_kind=self.object_kind,
                object_id=object_id,
            )
        )
        return TemplateResponse(request, "admin/clinical_text/confirm.html", context)

    def read(self, request: HttpRequest, object_id: UUID) -> dict[str, Any]:
        """Enter the reading and return what the page shows."""
        raise NotImplementedError


@admin.register(HealthRecord)
class HealthRecordAdmin(ClinicalTextAdmin):
    may_be_stale = True
    action, object_kind = Action.TEXT_READ_BY_STAFF, "record"
    text_template = "admin/clinical_text/record.html"
    list_display = ("patient", "record_type", "visited", "created_at", "deleted_at")
    list_filter = ("record_type",)
    list_select_related = ("patient__user",)
    ordering = ("-pk",)
    finds_people, search_fields = True, ("patient__user__search_text",)
    fields = (
        "patient",
        "record_type",
        "visited",
        "created_by",
        "created_at",
        "updated_at",
        "version",
        "deleted_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[HealthRecord]:
        return super().get_queryset(request).defer("title", *TEXTS, "search_words")

    @admin.display(description=_("visit"), ordering="visit_date")
    def visited(self, record: HealthRecord) -> str:
        """With the time of day where it was, whatever zone the admin site is in."""
        return in_words(record.visit)

    def read(self, request: HttpRequest, object_id: UUID) -> dict[str, Any]:
        record, comments = staff_reads.read_record(
            actor=staff(request), record_id=object_id
        )
        return {
            "record": record,
            "visit": in_words(record.visit),
            "texts": [
                (label_for_field(name, HealthRecord), getattr(record, name))
                for name in TEXTS
            ],
            "comments": comments,
        }


@admin.register(DoctorComment)
class DoctorCommentAdmin(ShownOnly):
    """That a doctor has commented; what they wrote stands on the record's text page."""

    may_be_stale = True
    list_display = ("doctor", "patient", "record", "is_private", "created_at")
    list_filter = ("is_private",)
    list_select_related = ("doctor__user", "health_record__patient__user")
    ordering = ("-pk",)
    finds_people = True
    search_fields = (
        "doctor__user__search_text",
        "health_record__patient__user__search_text",
    )
    fields = ("doctor", "health_record", "is_private", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DoctorComment]:
        texts = [f"health_record__{name}" for name in ("title", *TEXTS, "search_words")]
        return super().get_queryset(request).defer("comment", *texts)

    @admin.display(description=_("patient"), ordering="health_record__patient")
    def patient(self, comment: DoctorComment) -> PatientProfile:
        return comment.health_record.patient

    @admin.display(description=_("record"), ordering="health_record__visit_date")
    def record(self, comment: DoctorComment) -> HealthRecord:
        return comment.health_record


@admin.register(PatientProfile)
class PatientProfileAdmin(ClinicalTextAdmin):
    """Patients; here and not in care, because the permission to read is of this app."""

    may_be_stale = True
    action, object_kind = Action.PROFILE_READ_BY_STAFF, "profile"
    text_template = "admin/clinical_text/profile.html"
    list_display = ("user", "username", "emergency_contact", "created_at")
    list_select_related = ("user",)
    ordering = ("-pk",)
    finds_people, search_fields = True, ("user__search_text",)
    fields = ("user", "emergency_contact", "created_at", "updated_at")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer to assign a doctor to whoever may."""
        may_assign = has_right(staff(request), Right.ASSIGN_DOCTORS)
        context = {"may_assign": may_assign, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PatientProfile]:
        return super().get_queryset(request).defer("allergies", "blood_type")

    @admin.display(description=_("username"), ordering="user__username")
    def username(self, patient: PatientProfile) -> str:
        return patient.user.username

    def read(self, request: HttpRequest, object_id: UUID) -> dict[str, Any]:
        actor = staff(request)
        patient = staff_reads.read_profile(actor=actor, patient_id=object_id)
        return {"patient": patient}


class NearCeilingFilter(StateFilter):
    title, parameter_name = _("ceilings"), "near"
    states = [("80", _("At 80 % or more")), ("100", _("Reached"))]

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        return rows.filter(account_limits.at_least(int(state)))


@admin.register(AccountUsage)
class AccountUsageAdmin(ShownOnly):
    """How much each account keeps and has written today; who keeps most comes first."""

    may_be_stale = True
    list_display = (
        "user",
        "username",
        "bytes",
        "entries",
        "day",
        "bytes_of_day",
        "entries_of_day",
        "percent",
    )
    list_filter = (NearCeilingFilter,)
    list_select_related = ("user",)
    ordering = ("-bytes", "user")
    finds_people, search_fields = True, ("user__search_text",)
    fields = list_display

    @admin.display(description=_("username"), ordering="user__username")
    def username(self, usage: AccountUsage) -> str:
        return usage.user.username

    @admin.display(description=_("of the nearest ceiling"))
    def percent(self, usage: AccountUsage) -> str:
        return f"{account_limits.percent_of_nearest(usage)} %"
