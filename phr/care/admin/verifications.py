"""The submitted licences; the page to decide belongs to the doctor."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification
from phr.core.admin import ShownOnly, StateFilter

# What time makes of a verification; the other states are its status.
RUN_OUT, HAS_RUN_OUT = "RUN_OUT", _("Expired")


class LicenseStateFilter(StateFilter):
    states = [*VerificationStatus.choices, (RUN_OUT, HAS_RUN_OUT)]

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        verified = rows.filter(status=VerificationStatus.VERIFIED)
        match state:
            case VerificationStatus.VERIFIED:
                return verified.filter(valid_until__gt=Now())
            case _ if state == RUN_OUT:
                return verified.filter(valid_until__lte=Now())
            case _:
                return rows.filter(status=state)


@admin.register(DoctorVerification)
class DoctorVerificationAdmin(ShownOnly):
    """Each licence and the decision of staff."""

    list_display = (
        "doctor",
        "first_name",
        "last_name",
        "specialization",
        "license_number",
        "authority",
        "state",
        "created_at",
        "valid_until",
        "decided_by",
        "decided_at",
    )
    list_filter = (LicenseStateFilter,)
    list_select_related = ("doctor__user", "decided_by")
    ordering = ("-pk",)
    finds_people = True
    typed_fields = ("license_number",)
    search_fields = (
        "search_text",
        "doctor__search_text",
        "doctor__user__search_text",
    )
    fields = (*list_display, "document_reference", "reason")

    @admin.display(description=_("state"))
    def state(self, verification: DoctorVerification) -> str:
        until = verification.valid_until
        counted = verification.status == VerificationStatus.VERIFIED
        if counted and until and until <= timezone.now():
            return str(HAS_RUN_OUT)
        return verification.get_status_display()
