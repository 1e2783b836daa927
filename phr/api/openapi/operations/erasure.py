"""Closing an account for good, in the document."""

from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.api.openapi.leaving import ERASURE, RECEIPT
from phr.api.openapi.operations.operation import Operation
from phr.core.errors import NotFound
from phr.erasure.services import ErasureBegun, ErasureOpen, LastSuperuser

NOT_ASKED = NotFound("This account is not to be erased.")
READ_ERASURE = Operation(
    "Read whether one's account is to be erased",
    "What was asked for and not taken back; a 404 if nothing was.",
    answers={200: {"asked for": ERASURE}},
    problems=(NOT_ASKED,),
)
DELETE_ACCOUNT = Operation(
    "Have one's account erased",
    "In seven days, until when one can sign in as before and take it back. Then a "
    "patient's account is removed for good: records, comments and versions of them, "
    "grants, notifications, exports, profile, account. The access log keeps what was "
    "done, without the name. Accounts of doctors and staff are closed instead: they "
    "cannot be signed in to, a doctor's grants end, and what they wrote stays with the "
    "patients under their name. A mail says when it is done; the receipt is read with "
    "the id. The last active superuser cannot leave. Wants a password or a code given "
    "within the last minutes.",
    requests={"nothing": {}},
    answers={202: {"asked for": ERASURE}},
    problems=(
        StepUpRequired(GIVE_IT),
        ErasureOpen(present="WAITING"),
        LastSuperuser(),
    ),
)
KEEP_ACCOUNT = Operation(
    "Keep one's account after all",
    "Takes back that the account is to be erased, until that has begun.",
    requests={"nothing": {}},
    answers={200: {"taken back": ERASURE | {"cancelled_at": "2026-03-04T07:45:00Z"}}},
    problems=(NOT_ASKED, ErasureBegun(present="BEGUN")),
)
READ_RECEIPT = Operation(
    "Read the receipt for an erased account",
    "Open to whoever knows the id, as nobody could sign in for it: 122 bits of it are "
    "random. It says when, and how much of what was removed or closed; nothing about "
    "whom. A 404 until the account has been erased.",
    answers={200: {"a receipt": RECEIPT}},
)
