"""The form of one's language and time zone."""

from collections import defaultdict
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phr.accounts.language import Language
from phr.accounts.models import User
from phr.core.time_zones import time_zone_names
from phr.portal.forms import PortalForm

Zones = list[tuple[str, str]]  # the names of a region, and what stands for each

# The database has other names beside, of countries and of offsets, which few look for.
REGIONS = {
    "Africa": gettext_lazy("Africa"),
    "America": gettext_lazy("America"),
    "Antarctica": gettext_lazy("Antarctica"),
    "Arctic": gettext_lazy("Arctic"),
    "Asia": gettext_lazy("Asia"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Australia": gettext_lazy("Australia"),
    "Europe": gettext_lazy("Europe"),
    "Indian": gettext_lazy("Indian Ocean"),
    "Pacific": gettext_lazy("Pacific"),
}


@cache
def zones_by_region() -> dict[str, Zones]:
    """The zones of places, in the order of the alphabet."""
    zones: dict[str, Zones] = defaultdict(list)
    for name in sorted(time_zone_names()):
        region, _slash, place = name.partition("/")
        if region in REGIONS:
            zones[region].append((name, place_of(place)))
    return dict(zones)


def place_of(name: str) -> str:
    """A place as people write it: "Argentina, Buenos Aires"."""
    return name.replace("_", " ").replace("/", ", ")


def zone_choices(chosen: str) -> list[Any]:
    """What can be chosen, by region.

    :param chosen: what somebody has already, which may be another name.
    """
    none = _("That of this website (%(zone)s)") % {
        "zone": settings.INSTALLATION_TIME_ZONE
    }
    others = sorted({"UTC", chosen} - {""} - zones_listed())
    regions: list[tuple[str | Promise, Zones]] = [
        (REGIONS[region], zones) for region, zones in zones_by_region().items()
    ]
    return [("", none), *((each, each) for each in others), *regions]


def zones_listed() -> set[str]:
    return {name for zones in zones_by_region().values() for name, _place in zones}


class SelectInLanguages(forms.Select):
    """A list whose choices are in other languages than the page, and say so.

    :param of_choices: which one; "" where each choice is a language.
    """

    def __init__(self, of_choices: str = "", **attrs: str) -> None:
        super().__init__(attrs=attrs)
        self.of_choices = of_choices

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = self.of_choices or str(value)
        return option


class LanguageForm(PortalForm):
    """A language and a time zone; none of them needs to be chosen."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of these pages, of our messages and of our mails."),
        required=False,
        widget=SelectInLanguages(),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("What the clocks say where you are."),
        required=False,
        # Places are called there as in English.
        widget=SelectInLanguages("en", **{"data-browser-zone": ""}),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        initial = {"language": user.language, "time_zone": user.time_zone}
        super().__init__(*args, initial=initial, **options)
        language, time_zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField)
        assert isinstance(time_zone, forms.ChoiceField)
        language.choices = [("", _("As my browser asks")), *Language.choices]
        time_zone.choices = zone_choices(user.time_zone)
