"""The access log, in the document."""

from rest_framework.exceptions import ErrorDetail, ValidationError

from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation
from phr.api.openapi.people import ENTRY, ENTRY_AS_CSV, page

BAD_FILTER = ValidationError(
    {
        "outcome": ErrorDetail("This is not one of the choices.", "invalid_choice"),
        "action": ErrorDetail("Give an action, such as app.thing_happened.", "invalid"),
    }
)
WHAT_EACH_READS = (
    "Patients read every line about their data: who, when, what, by what right and "
    "from where, whether it was allowed or refused. They are not told which comments "
    "it was about, as some are private, nor where another patient was. Doctors read "
    "what they themselves did; of what was refused to them, not whose it was. Staff "
)

LIST_ACCESS_LOG = Operation(
    "Read the access log",
    f"{WHAT_EACH_READS}get an empty list. Reading it is not entered in it.",
    answers={200: {"one line": page(ENTRY), "none": page()}},
    problems=(*BAD_PAGE, BAD_FILTER),
)
DOWNLOAD_ACCESS_LOG = Operation(
    "Download the access log",
    f"{WHAT_EACH_READS}get the head of the table alone. The newest line is on top; "
    "ids and categories of one line have a space between them. In front of what a "
    "spreadsheet would take for a formula there is an apostrophe. The download is "
    "itself entered in the log, and is the first line of the file unless a filter "
    "leaves it out.",
    answers={200: {"one line": ENTRY_AS_CSV}},
    problems=(BAD_FILTER, wait(minutes=9)),
)
