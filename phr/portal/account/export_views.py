"""Taking one's account along: asking for the file, watching it, fetching it."""

from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from phr.archive import services
from phr.archive.layout import FILE_NAME
from phr.archive.models import Export, ExportStatus
from phr.archive.progress import percent_of
from phr.portal.views import PATIENTS, PortalView, signed_in

SHOWN = 5
UNDER_WAY = (ExportStatus.PENDING, ExportStatus.PREPARING)


class Progress(NamedTuple):
    """An export, and what has become of it."""

    export: Export
    status: ExportStatus
    percent: int

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def is_ready(self) -> bool:
        return self.status == ExportStatus.READY


def progress_of(export: Export) -> Progress:
    is_stored = export.status != ExportStatus.PENDING
    percent = None if is_stored else percent_of(export.pk)
    status = export.state(timezone.now(), in_progress=percent is not None)
    return Progress(export, status, percent or 0)


class Exports(PortalView):
    """The files that one has asked for lately."""

    template = "portal/account/exports.html"
    roles = PATIENTS
    needs_proof = True

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = services.list_exports(signed_in(request), None, SHOWN).rows
        exports = [progress_of(row) for row in rows]
        is_under_way = any(each.is_under_way for each in exports)
        return self.page(exports=exports, is_under_way=is_under_way)

    def post(self, request: HttpRequest) -> HttpResponse:
        services.request_export(actor=signed_in(request), at=timezone.now())
        return redirect("portal:exports")


class Download(PortalView):
    """The file itself, sent piece by piece; not to be opened by a mere link."""

    roles = PATIENTS
    needs_proof = True

    def post(self, request: HttpRequest, export_id: UUID) -> HttpResponseBase:
        actor, now = signed_in(request), timezone.now()
        export = services.find_ready_export(actor=actor, export_id=export_id, at=now)
        return StreamingHttpResponse(
            services.begin_download(actor=actor, export=export),
            content_type="application/zip",
            headers={
                "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
                "Content-Length": str(export.size),
            },
        )
