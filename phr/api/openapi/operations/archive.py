"""Exports of an account, in the document."""

from rest_framework.exceptions import PermissionDenied

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation
from phr.api.openapi.people import EXPORT, page
from phr.archive.services import ExportNotReady

NOT_SURE_ENOUGH = StepUpRequired(GIVE_IT)
ASKED = EXPORT | {
    "status": "PENDING",
    "progress": 0,
    "ready_at": None,
    "expires_at": None,
    "size": None,
    "sha256": "",
}
PREPARING = ASKED | {"status": "PREPARING", "progress": 40}

LIST_EXPORTS = Operation(
    "List one's exports",
    "Patients read which exports of their account they have asked for, and what has "
    "become of each. Everybody else is refused.",
    answers={200: {"one that is ready": page(EXPORT), "none": page()}},
    problems=(*BAD_PAGE, PermissionDenied()),
)
ASK_FOR_EXPORT = Operation(
    "Ask for an export of one's account",
    "A patient has everything that the server keeps about them, and may show them, "
    "put into one file: account, records with their history, comments, grants, "
    "notifications, access log; as JSON, for which there is a schema, and as pages to "
    "read. A worker prepares it: ask for the export until it is ready. While one is "
    "under way, that one is answered with 200. At most five a day. The password, or a "
    "code, must have been given within the last minutes. Everybody else is refused.",
    answers={202: {"asked": ASKED}, 200: {"under way": PREPARING}},
    problems=(PermissionDenied(), NOT_SURE_ENOUGH, wait(hours=20)),
)
READ_EXPORT = Operation(
    "See how far an export is",
    "Its owner reads what has become of an export. Everybody else is told that there "
    "is none.",
    answers={200: {"ready": EXPORT}},
)
DOWNLOAD_EXPORT = Operation(
    "Download an export",
    "For 24 hours its owner can download the file, a ZIP archive; each download is "
    "entered in the access log. Before it is ready, when it has failed, and when its "
    "time is over, `present` says so. The password, or a code, must have been given "
    "within the last minutes. Everybody else is told that there is none.",
    answers={200: {"its first letters": "PK"}},
    problems=(
        NOT_SURE_ENOUGH,
        ExportNotReady("See present for what has become of it.", present="EXPIRED"),
    ),
)
READ_ARCHIVE_SCHEMA = Operation(
    "Read the schema of exports",
    "Anybody may read the JSON Schema of the files in an export.",
    answers={
        200: {
            "its beginning": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": "urn:health-record-archive:1",
            }
        }
    },
)
