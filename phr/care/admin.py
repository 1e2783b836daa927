"""Doctors and grants in the admin site: the same services as everywhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from phr.accounts.models import User
from phr.care import registration, services
from phr.care.models import CareGrant, DoctorProfile
from phr.core.admin import ShownOnly, narrows
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


@admin.register(DoctorProfile)
class DoctorProfileAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # see ShownOnly
    """Doctors; an account of this kind is made under users, its profile with it."""

    form = DoctorForm
    list_display = (
        "user",
        "specialization",
        "license_number",
        "years_of_experience",
        "verified_at",
        "verified_by",
    )
    list_filter = (("verified_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "verified_by")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    search_fields = ("user__username", "search_text", "license_number")
    fields = (*list_display, "created_at", "updated_at")
    readonly_fields = ("user", "verified_at", "verified_by", "created_at", "updated_at")
    actions = ("verify",)

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        return narrows(self, lookup)

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
        """Save by the doctor's own rule: another licence number is unverified again."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        registration.change_doctor(obj.user, values)
        if "license_number" in values and obj.is_verified:
            text = "The licence number has changed, so the doctor is unverified again."
            self.message_user(request, text, messages.WARNING)

    @admin.action(description="Verify selected doctors", permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[DoctorProfile]) -> None:
        """Note for each that staff have checked them; a refusal is said for each."""
        verified = 0
        for doctor in queryset.filter(verified_at=None).select_related("user"):
            try:
                services.verify_doctor(
                    actor=staff(request), doctor_id=doctor.pk, at=timezone.now()
                )
            except DomainError as error:
                text = f"{doctor}: {error.detail}"
                self.message_user(request, text, messages.ERROR)
            else:
                verified += 1
        self.message_user(request, f"Doctors verified: {verified}.")


class AssignForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at runtime
    """Staff put a patient in a doctor's care."""

    actor: User

    def clean(self) -> dict[str, Any] | None:
        """Assign: the service itself finds what is wrong with it.

        It happens here, so that what the service refuses stands beside its field; the
        page's transaction holds it together with the log.
        """
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            self.instance = services.assign_doctor(
                actor=self.actor,
                patient_id=values["patient"].pk,
                doctor_id=values["doctor"].pk,
                at=timezone.now(),
            )
        except DomainError as error:
            field = {"patient_id": "patient", "doctor_id": "doctor"}.get(
                error.field or ""
            )
            self.add_error(field, ValidationError(error.detail, error.code))
        return values


GRANT_FIELDS = (
    "patient",
    "doctor",
    "status",
    "origin",
    "is_primary",
    "record_types",
    "records_since",
    "starts_at",
    "expires_at",
    "requested_by",
    "requested_at",
    "decided_by",
    "decided_at",
    "ended_by",
    "ended_at",
    "reason",
)


@admin.register(CareGrant)
class CareGrantAdmin(ShownOnly):
    """Grants; adding one is the API's assign-doctor, and ending one closes it."""

    list_display = (
        "patient",
        "doctor",
        "status",
        "is_primary",
        "origin",
        "starts_at",
        "expires_at",
        "ended_at",
    )
    list_filter = ("status", "origin", "is_primary")
    list_select_related = ("patient__user", "doctor__user")
    ordering = ("-pk",)
    search_fields = (
        "=patient__user__username",
        "=doctor__user__username",
        "patient__user__last_name",
        "doctor__user__last_name",
    )
    autocomplete_fields = ("patient", "doctor")
    actions = ("end",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("care.add_caregrant")

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Who may close access: staff with the permission to change grants."""
        return request.user.has_perm("care.change_caregrant")

    def get_fields(
        self, request: HttpRequest, obj: CareGrant | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ("patient", "doctor")
        return GRANT_FIELDS

    def get_form(
        self,
        request: HttpRequest,
        obj: CareGrant | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's own arguments
        **kwargs: Any,
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(request, obj, change=change, form=AssignForm, **kwargs)
        form.actor = staff(request)  # type: ignore[attr-defined] # made for this request
        return form

    def save_model(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the form has assigned, and grants are not changed here."""

    @admin.action(description="End selected grants", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[CareGrant]) -> None:
        """Close each, with effect from the doctor's next request."""
        ended = 0
        for grant in queryset:
            try:
                services.end_grant(
                    actor=staff(request), grant_id=grant.pk, at=timezone.now()
                )
            except DomainError as error:
                text = f"{grant}: {error.detail}"
                self.message_user(request, text, messages.ERROR)
            else:
                ended += 1
        self.message_user(request, f"Grants ended: {ended}.")


def staff(request: HttpRequest) -> User:
    """Who is signed in to the admin site, which lets nobody but staff in."""
    assert isinstance(request.user, User)
    return request.user
