"""Who looked at a patient's records: sentences by day, a picture, a table to keep."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from django import forms
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.audit.access_log import EntryFilters, download_entries, list_entries
from phr.audit.looks import count_looks
from phr.core.time_zones import begin_of_day
from phr.portal.access_log.kinds import KINDS, filters_of
from phr.portal.access_log.lines import lines_by_day
from phr.portal.access_log.picture import first_month, months_from, picture_of
from phr.portal.access_log.spreadsheet import csv_rows
from phr.portal.forms import PortalForm
from phr.portal.paging import read_list_page
from phr.portal.views import PATIENTS, PortalView, signed_in

FILE_NAME = "who-looked.csv"  # a name that tells nothing to who sees the folder


class LogFilter(PortalForm):
    """Whose lines, and of which kind."""

    person = forms.UUIDField(label=_("Person"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=list(KINDS.items()), required=False
    )


def asked_filters(values: QueryDict) -> tuple[EntryFilters, UUID | None]:
    """:raises Http404: there is no such kind, or this is nobody's id."""
    form = LogFilter(values)
    if not form.is_valid():
        raise Http404
    person = form.cleaned_data["person"]
    return replace(filters_of(form.cleaned_data["kind"]), actor=person), person


class AccessLog(PortalView):
    """What was done with one's data, by whom, and under which access."""

    roles = PATIENTS
    template = "portal/access_log/access_log.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        reader = signed_in(request)
        filters, person = asked_filters(request.GET)
        found = read_list_page(request, partial(list_entries, reader, filters), "at")
        today = timezone.localdate()
        months = {each: begin_of_day(each) for each in months_from(first_month(today))}
        picture = picture_of(count_looks(reader, months), today, person)
        return self.page(
            entries=found,
            days=lines_by_day(reader, found.rows),
            picture=picture,
            kinds=KINDS.items(),
            kind=request.GET.get("kind", ""),
            person_id=person,
        )


class DownloadLog(PortalView):
    """The same as a table for a spreadsheet; that it was taken is entered."""

    roles = PATIENTS

    def post(self, request: HttpRequest) -> StreamingHttpResponse:
        reader = signed_in(request)
        filters, _person = asked_filters(request.POST)
        batches = download_entries(actor=reader, filters=filters)
        return StreamingHttpResponse(
            csv_rows(reader, batches),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
        )
