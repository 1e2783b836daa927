"""Who is leaving, and the receipts, in the admin site."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from phr.core.admin import ShownOnly, StateFilter
from phr.erasure.models import Erasure, ErasureState


class ErasureStateFilter(StateFilter):
    states = ErasureState.choices

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        match state:
            case ErasureState.CANCELLED:
                return rows.filter(cancelled_at__isnull=False)
            case ErasureState.ERASED:
                return rows.filter(erased_at__isnull=False)
            case _:
                begun = state == ErasureState.BEGUN
                going_on = rows.filter(cancelled_at=None, erased_at=None)
                return going_on.filter(begun_at__isnull=not begun)


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
    list_filter = (ErasureStateFilter,)
    ordering = ("-requested_at", "-pk")
    fields = ("id", *list_display, "counts")

    @admin.display(description=_("state"))
    def state(self, erasure: Erasure) -> str:
        return str(erasure.state.label)
