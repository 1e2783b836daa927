"""The licences that doctors have handed in; deciding is a page of the doctor's."""

from django.contrib import admin

from phr.care.models import DoctorVerification
from phr.core.admin import ShownOnly


@admin.register(DoctorVerification)
class DoctorVerificationAdmin(ShownOnly):
    """Each licence, and what staff made of it."""

    list_display = (
        "doctor",
        "first_name",
        "last_name",
        "specialization",
        "license_number",
        "authority",
        "status",
        "created_at",
        "valid_until",
        "decided_by",
        "decided_at",
    )
    list_filter = ("status",)
    list_select_related = ("doctor__user", "decided_by")
    ordering = ("-pk",)
    finds_people = True
    typed_fields = ("license_number", "first_name", "last_name")
    search_fields = ("doctor__search_text", "doctor__user__search_text")
    fields = (*list_display, "document_reference", "reason")
