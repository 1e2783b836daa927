"""What a doctor looks for among patients, and among the records of one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from phr.care.doctor_directory import DoctorFilters
from phr.health_records.panel import PanelFilters, PanelOrder
from phr.portal.forms import PortalForm

LONGEST_SEARCH = 200
ORDERS = [
    (PanelOrder.CHANGE.value, _("Newest change")),
    (PanelOrder.VISIT.value, _("Last visit")),
    (PanelOrder.NAME.value, _("Name")),
]


def search_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class Finder(forms.Form):
    """A form of GET: what is no choice is as if it was not there."""

    template_name = "portal/partials/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"label_suffix": "", "auto_id": "find_%s"}
        super().__init__(*args, **kwargs)
        self.is_valid()

    def given(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")


class PatientFinder(Finder):
    """Words of a name, and the order.

    Its fields stand in the template: as widgets they cost as much as the list.
    """

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    order = forms.ChoiceField(choices=ORDERS, required=False)

    @property
    def filters(self) -> PanelFilters:
        order = PanelOrder(self.given("order") or PanelOrder.CHANGE)
        return PanelFilters(order, self.given("q"))


class DoctorFinder(Finder):
    """Words of a doctor's name or specialization."""

    q = search_field(_("Name or specialization"))

    @property
    def filters(self) -> DoctorFilters:
        return DoctorFilters(search=self.given("q") or None)


class HandOverForm(PortalForm):
    """To whom."""

    doctor_id = forms.UUIDField(widget=forms.HiddenInput)
