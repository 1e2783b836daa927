"""A patient's records: the list, and one of them."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from phr.accounts.models import UserType
from phr.health_records import reads
from phr.health_records.filters import RecordFilters
from phr.portal.paging import read_list_page
from phr.portal.records.writing_views import JUST_DELETED
from phr.portal.views import PATIENTS, PortalView, signed_in


class Records(PortalView):
    """All of one's records, the newest first."""

    roles = PATIENTS
    template = "portal/records/records.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        fetch = partial(reads.list_records, signed_in(request), RecordFilters())
        return self.page(
            records=read_list_page(request, fetch, "visit_date"),
            just_deleted=request.session.pop(JUST_DELETED, None),
        )


class Record(PortalView):
    """One record, as it was written, with what doctors say about it."""

    template = "portal/records/record.html"

    def get(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        reader = signed_in(request)
        record = reads.open_record(actor=reader, record_id=record_id)
        is_own = reader.user_type == UserType.PATIENT
        return self.page(record=record, is_own=is_own)
