"""Exports of an account, in the document."""

from functools import partial

from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import PermissionDenied

from phr.api.archive.serializers import ExportSerializer
from phr.api.openapi.operation import (
    BAD_PAGE,
    NO_RECENT_PROOF,
    documented,
    wait,
)
from phr.archive.services import ExportNotReady

operation = partial(documented, tags=["account"])

ZIP = "application/zip"

SCHEMA = "application/schema+json"

list_exports = operation(
    "list_exports",
    "List one's exports",
    "Patients read which exports of their account they have asked for, and what has "
    "become of each. Everybody else is refused.",
    responses=ExportSerializer(many=True),
    problems=(*BAD_PAGE, PermissionDenied()),
)
ask_for_export = operation(
    "ask_for_export",
    "Ask for an export of one's account",
    "A patient has everything that the server keeps about them, and may show them, "
    "put into one file: account, records with their history, comments, grants, "
    "notifications, access log; as JSON, for which there is a schema, and as pages to "
    "read. A worker prepares it: ask for the export until it is ready. While one is "
    "under way, that one is answered with 200. At most five a day. The password, or a "
    "code, must have been given within the last minutes. Everybody else is refused.",
    request=None,
    responses={200: ExportSerializer, 202: ExportSerializer},
    problems=(PermissionDenied(), NO_RECENT_PROOF, wait(hours=20)),
)
read_export = operation(
    "read_export",
    "See how far an export is",
    "Its owner reads what has become of an export. Everybody else is told that there "
    "is none.",
    responses=ExportSerializer,
)
download_export = operation(
    "download_export",
    "Download an export",
    "For 24 hours its owner can download the file, a ZIP archive; each download is "
    "entered in the access log. Before it is ready, when it has failed, and when its "
    "time is over, `present` says so. The password, or a code, must have been given "
    "within the last minutes. Everybody else is told that there is none.",
    responses={(200, ZIP): OpenApiTypes.BINARY},
    problems=(
        NO_RECENT_PROOF,
        ExportNotReady("See present for what has become of it.", present="EXPIRED"),
    ),
)
read_archive_schema = operation(
    "read_archive_schema",
    "Read the schema of exports",
    "Anybody may read the JSON Schema of the files in an export.",
    responses={(200, SCHEMA): OpenApiTypes.OBJECT},
)
