"""The history of a record, and bringing back one that was deleted."""

from functools import partial
from uuid import UUID

from rest_framework.request import Request

from phr.api.fields import NoBody
from phr.api.health_records import docs
from phr.api.health_records.history_representations import represent_change
from phr.api.health_records.representations import represent_record
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.views import ApiView, signed_in
from phr.health_records import reads, record_deletion


class HistoryPagination(KeysetPagination):
    time_field = "at"


class History(ApiView):
    """What was changed on a record and its comments, the latest change first."""

    pagination_class = HistoryPagination

    @docs.list_changes
    def get(self, request: Request, record_id: UUID) -> Response:
        reader = signed_in(request)
        page = self.read_page(partial(reads.list_changes, reader, record_id))
        return self.get_paginated_response(
            [represent_change(change) for change in page]
        )


class Restore(ApiView):
    """Bring back a record that was deleted."""

    serializer_class = NoBody

    @docs.restore_record
    def post(self, request: Request, record_id: UUID) -> Response:
        self.valid(request)
        return once(request, partial(self.restore, request, record_id))

    def restore(self, request: Request, record_id: UUID) -> Response:
        actor = signed_in(request)
        record = record_deletion.restore_record(actor=actor, record_id=record_id)
        return Response(represent_record(record))
