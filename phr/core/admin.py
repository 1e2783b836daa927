"""The outbox in the admin site, and what all of the site's lists have in common."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import DateField, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from phr.core import outbox, tasks
from phr.core.models import OutboxEvent
from phr.core.name_search import mentions
from phr.core.postgres.replica.standing import is_set_up
from phr.core.stale_reads import read_stale

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


LONGEST_SEARCH = 200  # characters
MOST_ROWS_COUNTED = 10_000
LIST_FROM = "phr.list_from"  # in what a request has with it: a database's alias


class BoundedPaginator(Paginator):  # type: ignore[type-arg] # not generic at runtime
    """Pages of a list that may be of any length: it is counted only so far.

    To count millions of rows takes longer than anybody waits for a page. What lies
    further back is found by narrowing the list.
    """

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MOST_ROWS_COUNTED].count()


class GrowingList(admin.ModelAdmin):  # type: ignore[type-arg] # not generic at runtime
    """A list whose page costs about the same however long its table has become.

    Django would count all rows, and, for each value of each filter, again ("Show
    counts", which one can also type as `?_facets=1`).

    A list that `finds_people` has folded texts for `search_fields`
    (`phr.core.name_search`). It is looked through for the words of a question, and its
    `typed_fields` for the question as it was typed.

    A list that `may_be_stale` is shown as a replica has it, where there is one: what it
    shows decides nothing. What is done with its rows is done on the primary.

    It can only be filtered by what is in `list_filter`: Django would also take
    `?diagnosis__contains=`, which reads what the page does not show.
    """

    finds_people = False
    may_be_stale = False
    typed_fields: tuple[str, ...] = ()
    list_per_page = 50
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        show = super().changelist_view
        if not (self.may_be_stale and request.method == "GET" and is_set_up()):
            return show(request, extra_context)

        def read(database: str) -> HttpResponse:
            request.META[LIST_FROM] = database
            page = show(request, extra_context)
            # Rows are read while they are shown.
            return page.render() if isinstance(page, SimpleTemplateResponse) else page

        return read_stale(read, asker=cast(UUID, request.user.pk))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).using(request.META.get(LIST_FROM))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look for the beginning of what is too long: each word is a condition more."""
        asked = search_term[:LONGEST_SEARCH].strip()
        if not (self.finds_people and asked):
            return super().get_search_results(request, queryset, asked)
        found = mentions(asked, *self.get_search_fields(request))
        for field in self.typed_fields:
            found |= Q(**{f"{field}__icontains": asked})
        return queryset.filter(found), False

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Whether a parameter of the list's address is one that its filters make."""
        return any(
            lookup in parameters_of(entry, self.model) for entry in self.list_filter
        )


class ShownOnly(GrowingList):
    """Rows that the admin site shows and never changes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def parameters_of(list_filter: Any, model: type[Model]) -> set[str]:
    """The parameters that one entry of `list_filter` puts in the page's address.

    They are spelt out, because any other lookup of the same field (`__regex`, `__year`)
    would go to the database with whatever value somebody makes up.
    """
    match list_filter:
        case (str(name), filter_class) if filter_class is admin.EmptyFieldListFilter:
            return {f"{name}__isempty"}
        case str(name) | (str(name), _):
            return lookups_of(name, model)
        case _:
            return {str(list_filter.parameter_name)}


def lookups_of(name: str, model: type[Model]) -> set[str]:
    """How the filter of a field asks: for one of its values, or for a span of days."""
    field = get_fields_from_path(model, name)[-1]
    asked = {"gte", "lt"} if isinstance(field, DateField) else {"exact"}
    return {name, *(f"{name}__{lookup}" for lookup in (*asked, "isnull"))}


class StateFilter(admin.SimpleListFilter):
    """Keep the rows in one state that no column holds: time may have changed it.

    :cvar states: the states that there are, each with what people read.
    """

    title = _("state")
    parameter_name = "state"
    states: Sequence[tuple[str, "StrOrPromise"]]

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, "StrOrPromise"]]:
        return list(self.states)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        known = any(value == state for state, _ in self.states)
        return self.in_state(queryset, str(value)) if known else queryset

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        """Keep those in this state."""
        raise NotImplementedError


class DeliveryFilter(StateFilter):
    title, parameter_name = _("delivery"), "delivered"
    states = [
        ("no", _("Waiting")),
        ("failed", _("Waiting after a failure")),
        ("set_aside", _("Set aside after too many failures")),
        ("yes", _("Delivered")),
    ]

    def in_state(self, rows: QuerySet[Any], state: Any) -> QuerySet[Any]:
        match state:
            case "no":
                return rows.filter(delivered_at=None)
            case "failed":
                failed = rows.filter(delivered_at=None, attempts__gt=0)
                return failed.filter(set_aside_at=None)
            case "set_aside":
                return rows.filter(set_aside_at__isnull=False)
            case _:
                return rows.filter(delivered_at__isnull=False)


@admin.register(OutboxEvent)
class OutboxEventAdmin(ShownOnly):
    """What is to be delivered; replaying queues it again, which is harmless."""

    may_be_stale = True
    list_display = (
        "kind",
        "created_at",
        "delivered_at",
        "attempts",
        "next_attempt_at",
        "set_aside_at",
        "last_error",
    )
    list_filter = (DeliveryFilter,)
    ordering = ("-pk",)
    actions = ("replay_selected",)
    fields = ("id", "payload", *list_display)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Who may do more than look: staff with the permission to change events."""
        return request.user.has_perm("core.change_outboxevent")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.replay_all)
        return [
            path("replay/", view, name="core_outboxevent_replay"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_replay = self.has_replay_permission(request)
        context = {"may_replay": may_replay, **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.action(description=_("Replay selected events"), permissions=["replay"])
    def replay_selected(
        self, request: HttpRequest, queryset: QuerySet[OutboxEvent]
    ) -> None:
        self.replay(request, queryset)

    @method_decorator(require_POST)
    def replay_all(self, request: HttpRequest) -> HttpResponse:
        """Queue whatever waits, also what would have been tried again later.

        What a restore holds is not: it may have left before (`held_events`).
        """
        if not self.has_replay_permission(request):
            raise PermissionDenied
        self.replay(request, OutboxEvent.objects.exclude(last_error=outbox.HELD))
        return redirect("admin:core_outboxevent_changelist")

    def replay(self, request: HttpRequest, waiting: QuerySet[OutboxEvent]) -> None:
        count = outbox.make_due(waiting, now=timezone.now())
        try:
            tasks.replay_outbox()
        except OperationalError:
            text = ngettext(
                "The message broker is not available. To be delivered when it is "
                "back: %(count)s event.",
                "The message broker is not available. To be delivered when it is "
                "back: %(count)s events.",
                count,
            )
            self.message_user(request, text % {"count": count}, messages.WARNING)
        else:
            text = ngettext(
                "Queued for delivery: %(count)s event.",
                "Queued for delivery: %(count)s events.",
                count,
            )
            self.message_user(request, text % {"count": count})
