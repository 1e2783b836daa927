"""A doctor's patients: the list, and the chart of one."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from phr.health_records import reads
from phr.portal.paging import read_list_page
from phr.portal.patients.forms import PatientFinder, RecordFinder
from phr.portal.views import DOCTORS, PortalView, signed_in


class Patients(PortalView):
    """Whom the doctor cares for, and what is new of each."""

    roles = DOCTORS
    template = "portal/patients/patients.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        finder = PatientFinder(request.GET)
        fetch = partial(reads.list_panel, signed_in(request), finder.filters)
        patients = read_list_page(request, fetch, "place")
        return self.page(patients=patients, finder=finder)


class Chart(PortalView):
    """One patient on one screen: who this is, and the newest records first."""

    roles = DOCTORS
    template = "portal/patients/chart.html"

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        doctor, now = signed_in(request), timezone.now()
        chart = reads.open_chart(actor=doctor, patient_id=patient_id, at=now)
        finder = RecordFinder(request.GET)
        filters = finder.filters_for(patient_id)
        fetch = partial(reads.list_records, doctor, filters)
        records = read_list_page(request, fetch, "visit_date")
        return self.page(chart=chart, records=records, finder=finder)
