"""Closing an account for good, in the document."""

from functools import partial

from phr.api.erasure.representations import ErasureJson, ReceiptJson
from phr.api.openapi.operation import NO_RECENT_PROOF, documented
from phr.core.errors import NotFound
from phr.erasure.services import ErasureBegun, ErasureOpen, LastSuperuser

operation = partial(documented, tags=["account"])

NOT_ASKED = NotFound("No erasure of this account was requested.")
read_erasure = operation(
    "read_erasure",
    "Read the pending erasure of your account",
    "Everybody who is signed in can read the erasure that they requested and did not "
    "cancel; a 404 if there is none.",
    responses=ErasureJson,
    problems=(NOT_ASKED,),
)
delete_account = operation(
    "delete_account",
    "Request the erasure of your account",
    "The erasure starts in seven days. Until then you can sign in as before and "
    "cancel it. After that a patient's account is permanently removed: records, "
    "comments and their versions, grants, notifications, exports, profile and "
    "account. The access log keeps what was done, without the name. Accounts of "
    "doctors and staff are closed instead: nobody can sign in to them, a doctor's "
    "grants end, and what they wrote stays with the patients under their name. You "
    "get a mail when it is done; use the id to read the receipt. The last active "
    "superuser cannot leave. Requires a password or code entered within the last five "
    "minutes.",
    request=None,
    responses={202: ErasureJson},
    problems=(
        NO_RECENT_PROOF,
        ErasureOpen(present="WAITING"),
        LastSuperuser(),
    ),
)
keep_account = operation(
    "keep_account",
    "Cancel the erasure of your account",
    "Cancels the requested erasure. This is possible until the erasure has begun.",
    request=None,
    responses=ErasureJson,
    problems=(NOT_ASKED, ErasureBegun(present="BEGUN")),
)
read_receipt = operation(
    "read_receipt",
    "Read the receipt for an erased account",
    "Anybody who knows the id can read the receipt, because nobody can sign in to an "
    "erased account; 122 bits of the id are random. It says when, and how many items "
    "of each kind were removed or closed, but not whose they were. A 404 until the "
    "account is erased.",
    responses=ReceiptJson,
)
