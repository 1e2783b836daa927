"""A doctor's patients: the list, and the chart of one."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from phr.core.keyset_pagination import Cursor, Page
from phr.health_records import charts as charted
from phr.health_records import reads
from phr.health_records.record_rows import RecordRow
from phr.portal.addresses import address_with_id
from phr.portal.paging import read_list_page
from phr.portal.patients.forms import LONGEST_SEARCH, ORDERS, PatientFinder
from phr.portal.records.filters import list_url, read_filters
from phr.portal.records.views import record_url
from phr.portal.timeline_picture import picture_of
from phr.portal.views import DOCTORS, PortalView, signed_in


class Patients(PortalView):
    """Whom the doctor cares for, and what is new of each."""

    roles = DOCTORS
    template = "portal/patients/patients.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        finder = PatientFinder(request.GET)
        fetch = partial(reads.list_panel, signed_in(request), finder.filters)
        patients = read_list_page(request, fetch, "place")
        return self.page(
            patients=patients,
            filters=finder.filters,
            orders=ORDERS,
            longest_search=LONGEST_SEARCH,
        )


class Chart(PortalView):
    """One patient on one screen: who this is, and the newest records first."""

    roles = DOCTORS
    template = "portal/patients/chart.html"

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        filters, charts = read_filters(request.GET, ()), list[charted.Chart]()
        open_chart = partial(
            reads.open_chart,
            signed_in(request),
            replace(filters.of_records, patient=patient_id),
            at=timezone.now(),
        )

        def fetch(cursor: Cursor | None, size: int) -> Page[RecordRow]:
            charts.append(open_chart(cursor, size))
            return charts[0].records

        records = read_list_page(request, fetch, "visit_date")
        address = address_with_id("portal:chart", patient_id)
        timeline = picture_of(
            charts[0].timeline,
            record_url=record_url,
            list_url=partial(list_url, address=address),
        )
        return self.page(
            care=charts[0].care,
            filters=filters.shown,
            records=records,
            timeline=timeline,
            list_address=address,
        )
