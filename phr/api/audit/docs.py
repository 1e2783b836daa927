"""The access log, and checks of it, in the document."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError

from phr.api.audit.ledger_check_cursors import decode
from phr.api.audit.ledger_check_serializers import LedgerCheckSerializer
from phr.api.audit.serializers import EntrySerializer
from phr.api.openapi.operation import BAD_PAGE, documented, raised, wait

CSV = "text/csv"

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
list_access_log = documented(
    "list_access_log",
    "Read the access log",
    f"{WHAT_EACH_READS}get an empty list. Reading it is not entered in it.",
    responses=EntrySerializer(many=True),
    tags=["access-log"],
    problems=(*BAD_PAGE, BAD_FILTER),
)
download_access_log = documented(
    "download_access_log",
    "Download the access log",
    f"{WHAT_EACH_READS}get the head of the table alone. The newest line is on top; "
    "ids and categories of one line have a space between them. In front of what a "
    "spreadsheet would take for a formula there is an apostrophe. The download is "
    "itself entered in the log, and is the first line of the file unless a filter "
    "leaves it out.",
    filters=True,
    responses={(200, CSV): OpenApiTypes.STR},
    tags=["access-log"],
    problems=(BAD_FILTER, wait(minutes=9)),
)
verify_access_log = documented(
    "verify_access_log",
    "Check that nobody has edited the access log",
    "Everybody who is signed in may check the log of the whole server against its "
    "seals; what the lines say is not shown. A page checks 40 seals and the lines "
    "under them, about 10,000; `next` leads on. Each seal keeps a digest of its lines, "
    "is signed, and holds the hash of the seal before. `first_broken` names the first "
    "line that was changed, removed or slipped in, or the first seal that is not as it "
    "was made. On the last page, a ledger whose end was cut off shows as well. "
    "Note `head` and `public_key` down: whatever is sealed now cannot be taken back "
    "without a later check finding another hash under that number.",
    parameters=[OpenApiParameter("cursor", str, description="From `next`.")],
    responses=LedgerCheckSerializer,
    tags=["access-log"],
    problems=(
        raised(lambda: decode("a-cursor-of-a-list")),
        wait(minutes=1),
    ),
)
