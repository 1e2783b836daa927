"""A patient's records: the list, and one of them."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from phr.accounts.models import UserType
from phr.audit.actions import Action
from phr.health_records import reads
from phr.health_records.commenters import commenters_for
from phr.portal.addresses import address_with_id
from phr.portal.last_visit import last_visit
from phr.portal.paging import read_list_page
from phr.portal.records.filters import list_url, read_filters
from phr.portal.records.history import entries_of
from phr.portal.records.readers import readers_of
from phr.portal.records.writing_views import JUST_DELETED
from phr.portal.timeline_picture import picture_of
from phr.portal.views import PATIENTS, PortalView, signed_in

CHANGES_PER_PAGE = 10


class Records(PortalView):
    """All of one's records, the newest first."""

    roles = PATIENTS
    template = "portal/records/records.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        reader = signed_in(request)
        filters = read_filters(request.GET, commenters_for(reader))
        fetch = partial(reads.list_records, reader, filters.of_records)
        timeline = picture_of(
            reads.own_timeline(reader),
            record_url=record_url,
            list_url=partial(list_url, address=reverse("portal:records")),
        )
        return self.page(
            filters=filters.shown,
            records=read_list_page(request, fetch, "visit_date"),
            timeline=timeline,
            since=last_visit(request, reader),
            just_deleted=request.session.pop(JUST_DELETED, None),
        )


def record_url(record_id: UUID) -> str:
    return address_with_id("portal:record", record_id)


class Record(PortalView):
    """One record, as it was written, with what doctors say about it."""

    template = "portal/records/record.html"

    def get(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        reader = signed_in(request)
        record = reads.open_record(actor=reader, record_id=record_id)
        is_own = reader.user_type == UserType.PATIENT
        if is_own:
            readers = readers_of(reader, record)
            return self.page(record=record, is_own=is_own, readers=readers)
        action, now = Action.RECORD_OPENED, timezone.now()
        care = reads.find_care(reader, record.patient_id, action, now)
        return self.page(record=record, is_own=is_own, care=care)


class RecordHistory(PortalView):
    """What changed in a record and its comments, and who changed it."""

    template = "portal/records/history.html"

    def get(self, request: HttpRequest, record_id: UUID) -> HttpResponse:
        reader = signed_in(request)
        fetch = partial(reads.list_changes, reader, record_id)
        changes = read_list_page(request, fetch, "at", size=CHANGES_PER_PAGE)
        return self.page(
            record_id=record_id,
            changes=changes,
            entries=entries_of(reader, changes.rows),
        )
