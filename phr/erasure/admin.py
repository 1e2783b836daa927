"""Who is leaving, and the receipts, in the admin site."""

from django.contrib import admin

from phr.core.admin import ShownOnly
from phr.erasure.models import Erasure


@admin.register(Erasure)
class ErasureAdmin(ShownOnly):
    list_display = (
        "user_id",
        "state",
        "requested_at",
        "due_at",
        "cancelled_at",
        "begun_at",
        "erased_at",
    )
    list_filter = (
        ("cancelled_at", admin.EmptyFieldListFilter),
        ("erased_at", admin.EmptyFieldListFilter),
    )
    ordering = ("-requested_at", "-pk")
    fields = ("id", *list_display, "counts")
