"""Each component of the pages once, by the partials that the pages are made of."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from phr.care.choices import RecordType
from phr.core.ids import uuid7
from phr.health_records.timeline import Mark
from phr.portal.forms import PortalForm
from phr.portal.paging import ListPage
from phr.portal.timeline import timeline_of
from phr.portal.views import OpenPage

FIRST_YEAR, YEARS = 2024, 3


class SampleForm(PortalForm):
    """A field of each sort."""

    name = forms.CharField(label=_("Name"), help_text=_("As you want to be called."))
    day = forms.DateField(
        label=_("Day of the visit"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the day of the visit.")},
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=RecordType.choices)
    extent = forms.ChoiceField(
        label=_("Which records"),
        choices=[("everything", _("Everything")), ("some", _("Only some kinds"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What happened"), widget=forms.Textarea(attrs={"rows": 4})
    )


class StyleGuide(OpenPage):
    """For developers: in an installation that people use there is no such page."""

    template = "portal/style_guide/style_guide.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not settings.STYLE_GUIDE:
            raise Http404
        return self.page(
            form=SampleForm({"name": "Maria", "kind": RecordType.CHECKUP}),
            kinds=RecordType.values,
            records=[sample_record(kind) for kind in RecordType],
            since=None,
            list=ListPage([], older="?older", newer="?newer"),
            timeline=sample_timeline(),
        )


def sample_record(kind: RecordType) -> SimpleNamespace:
    """What the line of a record is made of."""
    text = "What matters most in it stands in the first line."
    texts = dict.fromkeys(
        ("description", "diagnosis", "symptoms", "treatment", "medications"), text
    )
    return SimpleNamespace(
        id=uuid7(),
        title=kind.label,
        record_type=kind.value,
        visit_date=datetime(FIRST_YEAR, 5, 6, 9, 30, tzinfo=UTC),
        visit_offset=0,
        comments=[],
        **texts,
    )


def sample_timeline() -> Any:
    days = [date(FIRST_YEAR + n % YEARS, 1 + 2 * n, 6) for n in range(len(RecordType))]
    marks = [
        Mark(kind.value, day, day, 1, uuid7())
        for kind, day in zip(RecordType, days, strict=True)
    ]
    return timeline_of(marks, record_url=here, list_url=here)


def here(*_asked: UUID | str | date | None) -> str:
    """Where the links of samples lead."""
    return reverse("portal:style_guide")
