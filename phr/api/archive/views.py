"""Taking one's account along: asking for it, watching it, downloading it."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request

from phr.api.archive import docs
from phr.api.archive.docs import SCHEMA, ZIP
from phr.api.archive.representations import represent_export
from phr.api.fields import NoBody
from phr.api.idempotency import once
from phr.api.json import Response
from phr.api.paging import KeysetPagination
from phr.api.permissions import OnlyPatients
from phr.api.views import ApiView, PublicView, signed_in
from phr.archive import services
from phr.archive.json_schema import schema_file
from phr.archive.layout import FILE_NAME
from phr.archive.models import Export


class Exports(ApiView):
    """The exports that one has asked for."""

    queryset = Export.objects.none()  # for the OpenAPI document
    serializer_class = NoBody
    permission_classes = (OnlyPatients,)
    pagination_class = KeysetPagination
    methods_that_need_proof = frozenset({"POST"})

    @docs.list_exports
    def get(self, request: Request) -> Response:
        page = self.read_page(partial(services.list_exports, signed_in(request)))
        return self.get_paginated_response([represent_export(row) for row in page])

    @docs.ask_for_export
    def post(self, request: Request) -> Response:
        self.valid(request)
        return once(request, partial(self.ask, request))

    def ask(self, request: Request) -> Response:
        export, is_new = services.request_export(
            actor=signed_in(request), at=timezone.now()
        )
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(represent_export(export), status=code)


class OneExport(ApiView):
    """One export, to see how far it is."""

    @docs.read_export
    def get(self, request: Request, export_id: UUID) -> Response:
        export = services.find_export(actor=signed_in(request), export_id=export_id)
        return Response(represent_export(export))


class ExportDownload(ApiView):
    """The file itself, sent piece by piece."""

    methods_that_need_proof = frozenset({"GET", "HEAD"})

    @docs.download_export
    def get(self, request: Request, export_id: UUID) -> StreamingHttpResponse:
        actor = signed_in(request)
        export = self.find_ready(request, export_id)
        pieces = services.begin_download(actor=actor, export=export)
        return attachment(export, pieces)

    def head(self, request: Request, export_id: UUID) -> StreamingHttpResponse:
        """The headers alone: nothing is taken along, and nothing entered."""
        return attachment(self.find_ready(request, export_id), ())

    def find_ready(self, request: Request, export_id: UUID) -> Export:
        return services.find_ready_export(
            actor=signed_in(request), export_id=export_id, at=timezone.now()
        )


class ArchiveSchema(PublicView):
    """The JSON Schema of what is in an export."""

    @docs.read_archive_schema
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(schema_file(), content_type=SCHEMA)


def attachment(export: Export, chunks: Iterable[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        chunks,
        content_type=ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
            "Content-Length": str(export.size),
            "Cache-Control": "no-store",
        },
    )
