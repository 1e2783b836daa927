"""Filters of the access log."""

from collections.abc import Mapping

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from phr.api.filters import ChoiceFilter, MomentFilter, cleaned
from phr.audit.access_log import EntryFilters
from phr.audit.models import AccessEntry, Outcome

ACTION = r"^[a-z_]+\.[a-z_]+"
LONGEST_ACTION = 100


@extend_schema_field(
    {"type": "string", "pattern": f"{ACTION}$", "maxLength": LONGEST_ACTION}
)
class ActionFilter(django_filters.Filter):
    """app.thing_happened, written just so."""

    field_class = forms.RegexField


class EntryFilter(django_filters.FilterSet):
    actor = django_filters.UUIDFilter(label="The id of the account that acted.")
    patient = django_filters.UUIDFilter(
        label="The id of one patient. For doctors: only what they were allowed to do.",
    )
    action = ActionFilter(
        regex=rf"{ACTION}\Z",
        strip=False,
        max_length=LONGEST_ACTION,
        label="One action, such as health_records.record_opened.",
        error_messages={"invalid": _("Enter an action, such as app.thing_happened.")},
    )
    outcome = ChoiceFilter(Outcome, "Only allowed, or only refused actions.")
    after = MomentFilter(label="From this day (UTC) or time on.")
    before = MomentFilter(
        end_of_day=True,
        label="Until this day (UTC), or time, included.",
    )

    class Meta:
        model = AccessEntry
        fields = ("actor", "patient", "action", "outcome", "after", "before")


def entry_filters(parameters: Mapping[str, str]) -> EntryFilters:
    """Read the filters of the access log.

    :raises ValidationError: names every one at fault.
    """
    return EntryFilters(**cleaned(EntryFilter, parameters))
