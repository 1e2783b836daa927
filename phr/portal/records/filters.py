"""What somebody looks for among their records, as it stands in the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from phr.care.choices import RecordType
from phr.health_records.commenters import Commenter
from phr.health_records.filters import RecordFilters, since, until
from phr.portal.forms import PortalForm
from phr.portal.icons import kind_icon
from phr.portal.remembered import remembered
from phr.portal.templatetags.portal import doctor_called

LONGEST_SEARCH = 200  # characters
EVERY_KIND: list[tuple[str, Any]] = [("", _("All kinds")), *RecordType.choices]


def day_field() -> forms.DateField:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class FilterForm(PortalForm):
    """What the address of a list may name."""

    kind = forms.ChoiceField(required=False, choices=EVERY_KIND)
    words = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    since = day_field()
    until = day_field()
    by = forms.TypedChoiceField(required=False, coerce=UUID, empty_value=None)


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for.

    :param given: of the fields of the form those that are set.
    :param commenters: the id and name of each doctor who can be looked for.
    """

    given: dict[str, Any]
    commenters: list[tuple[UUID, str]]

    @property
    def shown(self) -> dict[str, Any]:
        """What the template shows, which has the fields: widgets cost more than the
        list, and in a form it would look for a field each time.
        """
        return {
            "given": self.given,
            "kinds": kinds_to_choose(self.given.get("kind", "")),
            "commenters": self.commenters,
            "longest_search": LONGEST_SEARCH,
            # Whether one of those is set that few people need.
            "asks_more": not self.given.keys().isdisjoint(("since", "until", "by")),
        }

    @property
    def of_records(self) -> RecordFilters:
        given = self.given
        days: dict[str, Any] = since(given.get("since")) | until(given.get("until"))
        return RecordFilters(
            record_type=given.get("kind"),
            search=given.get("words"),
            commented_by=given.get("by"),
            **days,
        )


def read_filters(asked: QueryDict, commenters: Iterable[Commenter]) -> Filters:
    """The filters in an address; what makes no sense there is left out."""
    named = [
        (one.id, doctor_called(one.first_name, one.last_name)) for one in commenters
    ]
    names = FilterForm.base_fields
    if not any(asked.get(name) for name in names):  # a form costs as much as the list
        return Filters({}, named)
    form = FilterForm({name: asked.get(name, "") for name in names})
    by = form.fields["by"]
    assert isinstance(by, forms.ChoiceField)
    by.choices = [("", ""), *((str(one), name) for one, name in named)]
    form.is_valid()
    given = {name: value for name, value in form.cleaned_data.items() if value}
    return Filters(given, named)


@remembered(len(EVERY_KIND) * 2)
def kinds_to_choose(chosen: str) -> str:
    """Each kind that somebody can choose, in HTML, which says nothing of anybody.

    :param chosen: a kind, or "" for all.
    """
    kinds = [
        {
            "value": value,
            "name": name,
            "icon": kind_icon(value) if value else "",
            "colour": f" kind-{value.lower()}" if value else "",
        }
        for value, name in EVERY_KIND
    ]
    context = {"kinds": kinds, "chosen": chosen}
    return render_to_string("portal/records/kinds_to_choose.html", context)


def list_url(kind: str | None, first: date, last: date, *, address: str) -> str:
    """The address of the records of one kind (all for None) between two days.

    :param kind: a known one, which needs no quoting in an address.
    :param address: of the list.
    """
    asked = f"kind={kind}&" if kind else ""
    return f"{address}?{asked}since={first.isoformat()}&until={last.isoformat()}"
