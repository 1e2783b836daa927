"""The access log, and checks of it, in the document."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError

from phr.api.audit.ledger_check_cursors import decode
from phr.api.audit.representations import EntryJson, LedgerCheckJson
from phr.api.openapi.operation import BAD_PAGE, documented, raised, wait

CSV = "text/csv"

BAD_FILTER = ValidationError(
    {
        "outcome": ErrorDetail("This is not one of the choices.", "invalid_choice"),
        "action": ErrorDetail(
            "Enter an action, such as app.thing_happened.", "invalid"
        ),
    }
)
WHAT_EACH_READS = (
    "Patients read every line about their data: who, when, what, on what basis, from "
    "where, and whether it was allowed or refused. They do not see which comments were "
    "involved, because some are private, nor the origin of another patient. Doctors "
    "read what they did themselves; of what was refused to them they do not see whose "
    "data it was. Staff "
)
list_access_log = documented(
    "list_access_log",
    "Read the access log",
    f"{WHAT_EACH_READS}get an empty list. Reading the log is not recorded in it.",
    responses=list[EntryJson],
    tags=["access-log"],
    problems=(*BAD_PAGE, BAD_FILTER),
)
download_access_log = documented(
    "download_access_log",
    "Download the access log",
    f"{WHAT_EACH_READS}get only the header row. The newest line comes first. Several "
    "ids or categories in one line are separated by spaces. Values that a spreadsheet "
    "would read as a formula start with an apostrophe. The download is itself "
    "recorded in the log, and is the first line of the file unless a filter excludes "
    "it.",
    filters=True,
    responses={(200, CSV): OpenApiTypes.STR},
    tags=["access-log"],
    problems=(BAD_FILTER, wait(minutes=9)),
)
verify_access_log = documented(
    "verify_access_log",
    "Verify that the access log is intact",
    "Everybody who is signed in can check the log of the whole server against its "
    "seals, without seeing its lines. A page checks 40 seals and the lines under "
    "them, about 10,000; follow `next` for the rest. Each seal stores a digest of its "
    "lines, is signed, and contains the hash of the previous seal. `first_broken` "
    "names the first line that was changed, removed or inserted, or the first seal "
    "that was changed. The last page also detects a ledger that was cut off at its "
    "end. Keep `head` and `public_key`: if anybody changes what is sealed now, a "
    "later check finds a different hash under that number.",
    parameters=[OpenApiParameter("cursor", str, description="From `next`.")],
    responses=LedgerCheckJson,
    tags=["access-log"],
    problems=(
        raised(lambda: decode("a-cursor-of-a-list")),
        wait(minutes=1),
    ),
)
