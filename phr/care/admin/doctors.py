"""Doctors in the admin site, and the page on which staff decide about one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from phr.accounts.rights import NotPermitted, Right, has_right
from phr.care import registration, verification
from phr.care.admin.decision import DecisionForm
from phr.care.admin.signed_in import staff
from phr.care.models import DoctorProfile, DoctorVerification
from phr.care.querysets import verified_now
from phr.core.admin import GrowingList, StateFilter
from phr.core.errors import DomainError


class DoctorForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at runtime
    def clean_license_number(self) -> str:
        number = self.cleaned_data["license_number"]
        claimed = DoctorProfile(pk=self.instance.pk, license_number=number)
        if number != self.instance.license_number:
            try:
                registration.refuse_license_of_verified_doctor(claimed)
            except DomainError as error:
                raise ValidationError(error.detail, error.code) from error
        return str(number)


class DoctorState(models.TextChoices):
    """Whether staff's verification of a doctor counts now."""

    VERIFIED = "VERIFIED", _("Verified")
    RUN_OUT = "RUN_OUT", _("Verification has expired")
    UNVERIFIED = "UNVERIFIED", _("Not verified")


class DoctorStateFilter(StateFilter):
    states = DoctorState.choices

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        match state:
            case DoctorState.VERIFIED:
                return rows.filter(verified_now())
            case DoctorState.RUN_OUT:
                return rows.filter(verified_at__isnull=False, verified_until__lte=Now())
            case _:
                return rows.filter(verified_at=None)


@admin.register(DoctorProfile)
class DoctorProfileAdmin(GrowingList):
    """Doctors; an account of this kind is made under users, its profile with it."""

    may_be_stale = True
    form = DoctorForm
    list_display = (
        "user",
        "specialization",
        "license_number",
        "years_of_experience",
        "state",
        "verified_at",
        "verified_until",
        "verified_by",
    )
    list_filter = (DoctorStateFilter,)
    list_select_related = ("user", "verified_by")
    ordering = ("-pk",)
    finds_people, typed_fields = True, ("license_number",)
    search_fields = ("search_text", "user__search_text")
    fields = (*list_display, "created_at", "updated_at")
    readonly_fields = (
        "user",
        "state",
        "verified_at",
        "verified_until",
        "verified_by",
        "created_at",
        "updated_at",
    )

    @admin.display(description=_("state"))
    def state(self, doctor: DoctorProfile) -> str:
        if doctor.is_verified:
            return str(DoctorState.VERIFIED.label)
        of_rest = DoctorState.RUN_OUT if doctor.verified_at else DoctorState.UNVERIFIED
        return str(of_rest.label)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: DoctorProfile | None = None
    ) -> bool:
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: DoctorProfile,
        form: "ModelForm[DoctorProfile]",
        change: bool,  # noqa: FBT001 - Django's own order of arguments
    ) -> None:
        """Save as the service does: another licence number is unverified again."""
        verification.correct_doctor(
            actor=staff(request),
            doctor_id=obj.pk,
            values={name: form.cleaned_data[name] for name in form.changed_data},
            at=timezone.now(),
        )
        if "license_number" in form.changed_data and obj.is_verified:
            text = gettext(
                "The licence number has changed, so the doctor is no longer verified."
            )
            self.message_user(request, text, messages.WARNING)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may verify doctors: as the service asks."""
        return has_right(staff(request), Right.VERIFY_DOCTORS)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide)
        return [
            path("<uuid:doctor_id>/decide/", view, name="care_doctorprofile_decide"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "POST"]))
    def decide(self, request: HttpRequest, doctor_id: UUID) -> HttpResponse:
        """Verify a doctor until some day, or refuse the licence with a reason."""
        try:
            verification.insist_on_right_to_verify(staff(request), doctor_id)
        except NotPermitted as error:
            raise PermissionDenied from error
        doctors = DoctorProfile.objects.select_related("user")
        doctor = get_object_or_404(doctors, pk=doctor_id)
        asked = verification.find_license_in_question(doctor)
        form = DecisionForm(
            request.POST if request.method == "POST" else None,
            initial={name: getattr(asked, name) for name in verification.CHECKED},
        )
        if form.is_valid() and self.carry_out(request, doctor, form):
            return redirect("admin:care_doctorprofile_change", doctor.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object_id": doctor_id,
            "title": gettext("Decide about %(doctor)s") % {"doctor": doctor},
            "facts": facts_about(doctor, asked),
            "form": form,
            "submit": gettext("Decide"),
        }
        return TemplateResponse(request, "admin/care/decision.html", context)

    def carry_out(
        self, request: HttpRequest, doctor: DoctorProfile, form: DecisionForm
    ) -> bool:
        """Do what the form says; what the service refuses is put into the form."""
        decide = (
            verification.refuse_doctor if form.refuses else verification.verify_doctor
        )
        said = (
            gettext("%(doctor)s was refused.")
            if form.refuses
            else gettext("%(doctor)s was verified.")
        ) % {"doctor": doctor}
        try:
            with transaction.atomic():  # the decision and the site's log of it
                decide(
                    actor=staff(request),
                    doctor_id=doctor.pk,
                    at=timezone.now(),
                    **form.values(),
                )
                self.log_change(request, doctor, said)
        except DomainError as error:
            form.add_error(None, ValidationError(error.detail, error.code))
            return False
        self.message_user(request, said)
        return True


def facts_about(
    doctor: DoctorProfile, asked: DoctorVerification
) -> list[tuple[str, Any]]:
    """What there is to decide by: of the licence that waits, if one does."""
    facts: list[tuple[str, Any]] = [
        (gettext("First name"), asked.first_name),
        (gettext("Last name"), asked.last_name),
        (gettext("Specialization"), asked.specialization),
        (gettext("Licence number"), asked.license_number),
        (
            gettext("Known as"),
            f"{doctor}, {doctor.specialization}, {doctor.license_number}",
        ),
        (
            gettext("Verified until"),
            doctor.verified_until if doctor.is_verified else None,
        ),
    ]
    if verification.find_pending_license(doctor):
        facts += [
            (gettext("Licence handed in"), asked.created_at),
            (gettext("Authority"), asked.authority),
            (gettext("Document"), asked.document_reference),
        ]
    return facts
