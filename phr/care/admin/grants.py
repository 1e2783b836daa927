"""Grants in the admin site: the same services as everywhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.accounts.rights import Right, has_right
from phr.care import grants, services
from phr.care.admin.signed_in import staff
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.care.querysets import CareGrantQuerySet
from phr.core.admin import ShownOnly, StateFilter
from phr.core.errors import DomainError


class AssignForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at runtime
    """Staff put a patient in a doctor's care."""

    actor: User

    def clean(self) -> dict[str, Any] | None:
        """Assign: the service itself finds what is wrong with it.

        It happens here so that the service's errors appear beside their fields; the
        page's transaction includes the log.
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
    "state",
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
)  # without the reasons, in which patient and doctor speak to each other


class GrantStateFilter(StateFilter):
    states = GrantStatus.choices

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        assert isinstance(rows, CareGrantQuerySet)
        return rows.in_state(state)


@admin.register(CareGrant)
class CareGrantAdmin(ShownOnly):
    """Grants; adding one is the API's assign-doctor, and ending one closes it."""

    list_display = (
        "patient",
        "doctor",
        "state",
        "is_primary",
        "origin",
        "starts_at",
        "expires_at",
        "ended_at",
    )
    list_filter = (GrantStateFilter, "origin", "is_primary")
    list_select_related = ("patient__user", "doctor__user")
    ordering = ("-pk",)
    finds_people = True
    search_fields = ("patient__user__search_text", "doctor__user__search_text")
    autocomplete_fields = ("patient", "doctor")
    actions = ("end",)

    @admin.display(description=_("state"))
    def state(self, grant: CareGrant) -> str:
        """As the API has it: what has run out is expired, though no job says so."""
        return str(grant.state(timezone.now()).label)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_right(staff(request), Right.ASSIGN_DOCTORS)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Who may close access: as the service asks."""
        return has_right(staff(request), Right.END_GRANTS)

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

    @admin.action(description=_("End selected grants"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[CareGrant]) -> None:
        """Close each, with effect from the doctor's next request."""
        ended = 0
        for grant in queryset:
            try:
                grants.end_grant(
                    actor=staff(request), grant_id=grant.pk, at=timezone.now()
                )
            except DomainError as error:
                text = f"{grant}: {error.detail}"
                self.message_user(request, text, messages.ERROR)
            else:
                ended += 1
        self.message_user(
            request, gettext("Grants ended: %(ended)s.") % {"ended": ended}
        )
