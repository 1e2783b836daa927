"""The access log: the ledger, as far as it is about the reader."""

from collections.abc import Iterable
from functools import partial

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from phr.api.audit import docs
from phr.api.audit.docs import CSV
from phr.api.audit.filters import EntryFilter, entry_filters
from phr.api.audit.representations import represent_entry
from phr.api.audit.spreadsheet import csv_chunks
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.views import ApiView, signed_in
from phr.audit.access_log import download_entries, list_entries
from phr.audit.models import AccessEntry

FILE_NAME = "access-log.csv"  # a name that tells nothing to who sees the folder


class EntryPagination(KeysetPagination):
    time_field = "at"


class AccessLog(ApiView):
    """What was done with one's data, or, for doctors, what one did; newest first."""

    queryset = AccessEntry.objects.none()  # for the OpenAPI document
    pagination_class = EntryPagination
    filterset_class = EntryFilter

    @docs.list_access_log
    def get(self, request: Request) -> Response:
        reader = signed_in(request)
        filters = entry_filters(request.query_params)
        page = self.read_page(partial(list_entries, reader, filters))
        return self.get_paginated_response([represent_entry(row) for row in page])


class AccessLogDownload(ApiView):
    """The same as one file, sent while it is read."""

    queryset = AccessEntry.objects.none()  # for the OpenAPI document
    filterset_class = EntryFilter

    def known_parameters(self, request: Request) -> set[str]:
        return set(EntryFilter.base_filters)

    @docs.download_access_log
    def get(self, request: Request) -> StreamingHttpResponse:
        reader = signed_in(request)
        filters = entry_filters(request.query_params)
        return attachment(csv_chunks(download_entries(actor=reader, filters=filters)))

    def head(self, request: Request) -> StreamingHttpResponse:
        """The headers alone: nothing is taken along, and nothing entered."""
        entry_filters(request.query_params)
        return attachment(())


def attachment(chunks: Iterable[str]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        chunks,
        content_type=f"{CSV}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
    )
