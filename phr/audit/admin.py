"""The ledger in the admin site: everybody who may see it reads, nobody writes."""

from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from phr.audit.models import AccessEntry, LedgerSeal
from phr.core.admin import ShownOnly


@admin.register(AccessEntry)
class AccessEntryAdmin(ShownOnly):
    list_display = (
        "at",
        "actor_name",
        "actor_role",
        "what",
        "object_kind",
        "count",
        "patient_id",
        "basis",
        "outcome",
        "face",
        "address",
    )
    list_filter = ("outcome", "basis")
    ordering = ("-pk",)
    search_fields = ("actor_id", "patient_id")
    search_help_text = _("The id of a patient's profile, or of the account that acted.")

    @admin.display(description=_("action"))
    def what(self, entry: AccessEntry) -> str:
        return str(entry)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AccessEntry], search_term: str
    ) -> tuple[QuerySet[AccessEntry], bool]:
        """Find by whole ids, for which there are indexes; the table is long."""
        if not search_term:
            return queryset, False
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return queryset.none(), False
        found = queryset.filter(Q(patient_id=wanted) | Q(actor_id=wanted))
        return found, False


@admin.register(LedgerSeal)
class LedgerSealAdmin(ShownOnly):
    """Which seals there are; whether they hold says `manage.py verify_ledger`."""

    list_display = (
        "number",
        "sealed_at",
        "count",
        "first_position",
        "last_position",
        "key_id",
    )
    fields = list_display
    ordering = ("-number",)
