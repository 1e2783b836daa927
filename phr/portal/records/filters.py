"""What somebody looks for among their records, as it stands in the address."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from phr.care.choices import RecordType
from phr.health_records.commenters import Commenter
from phr.health_records.filters import RecordFilters, since, until
from phr.portal.forms import PortalForm
from phr.portal.templatetags.portal import doctor_called

LONGEST_SEARCH = 200  # characters
EVERY_KIND: list[tuple[str, Any]] = [("", _("All kinds")), *RecordType.choices]


def day_field(label: Any) -> forms.DateField:
    typed = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"], widget=typed
    )


class FilterForm(PortalForm):
    """The filters of the list; of an address that was made up, what makes no sense is
    left out."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=EVERY_KIND, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Words in your records"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    since = day_field(_("From"))
    until = day_field(_("Until"))
    by = forms.TypedChoiceField(
        label=_("With a comment by"), required=False, coerce=UUID, empty_value=None
    )

    def __init__(self, asked: QueryDict, commenters: Iterable[Commenter]) -> None:
        super().__init__({name: asked.get(name, "") for name in self.base_fields})
        by = self.fields["by"]
        assert isinstance(by, forms.ChoiceField)
        names = [
            (str(one.id), doctor_called(one.first_name, one.last_name))
            for one in commenters
        ]
        by.choices = [("", _("Anybody or nobody")), *names]
        self.is_valid()
        self.given = {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def asks_more(self) -> bool:
        """Whether one of the filters is set that few people need."""
        return not self.given.keys().isdisjoint(("since", "until", "by"))

    @property
    def filters(self) -> RecordFilters:
        given = self.given
        days: dict[str, Any] = since(given.get("since")) | until(given.get("until"))
        return RecordFilters(
            record_type=given.get("kind"),
            search=given.get("words"),
            commented_by=given.get("by"),
            **days,
        )


def list_url(kind: str | None, first: date, last: date, *, address: str = "") -> str:
    """The address of the records of one kind (all for None) between two days.

    :param address: of the list; "" for that of one's own records.
    """
    days = {"since": first.isoformat(), "until": last.isoformat()}
    asked = {"kind": kind} | days if kind else days
    return f"{address or reverse('portal:records')}?{urlencode(asked)}"
