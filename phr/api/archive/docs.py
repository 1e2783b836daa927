"""Exports of an account, in the document."""

from functools import partial

from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import PermissionDenied

from phr.api.archive.representations import ExportJson
from phr.api.openapi.operation import (
    BAD_KEY,
    BAD_PAGE,
    IDEMPOTENCY_KEY,
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
    "List your exports",
    "Patients can list the exports of their account and the state of each. Everybody "
    "else is refused.",
    responses=list[ExportJson],
    problems=(*BAD_PAGE, PermissionDenied()),
)
ask_for_export = operation(
    "ask_for_export",
    "Request an export of your account",
    "A patient can get everything that the server stores about them, and may show "
    "them, in one file: account, records with their history, comments, grants, "
    "notifications and access log. It contains JSON, for which there is a schema, and "
    "pages to read. A worker prepares it: poll the export until it is ready. If an "
    "export is already in progress, the answer is that one, with 200. At most five a "
    "day. Requires a password or code entered within the last five minutes. Everybody "
    "else is refused.",
    request=None,
    parameters=[IDEMPOTENCY_KEY],
    responses={200: ExportJson, 202: ExportJson},
    problems=(*BAD_KEY, PermissionDenied(), NO_RECENT_PROOF, wait(hours=20)),
)
read_export = operation(
    "read_export",
    "Read the state of an export",
    "The owner can read the state of an export. Everybody else gets a 404.",
    responses=ExportJson,
)
download_export = operation(
    "download_export",
    "Download an export",
    "The owner can download the file, a ZIP archive, until `expires_at`: for 24 hours, "
    "or as long as the server's operator has chosen. Each download is recorded in the "
    "access log. If the export is not ready, has failed or has "
    "expired, `present` says so. Requires a password or code entered within the last "
    "five minutes. Everybody else gets a 404.",
    responses={(200, ZIP): OpenApiTypes.BINARY},
    problems=(
        NO_RECENT_PROOF,
        ExportNotReady("See `present` for the state of the export.", present="EXPIRED"),
    ),
)
read_archive_schema = operation(
    "read_archive_schema",
    "Read the schema of exports",
    "Anybody can read the JSON Schema of the files in an export.",
    responses={(200, SCHEMA): OpenApiTypes.OBJECT},
)
