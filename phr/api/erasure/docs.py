"""Closing an account for good, in the document."""

from functools import partial

from phr.api.erasure.serializers import ErasureSerializer, ReceiptSerializer
from phr.api.openapi.operation import NO_RECENT_PROOF, documented
from phr.core.errors import NotFound
from phr.erasure.services import ErasureBegun, ErasureOpen, LastSuperuser

operation = partial(documented, tags=["account"])

NOT_ASKED = NotFound("This account is not to be erased.")
read_erasure = operation(
    "read_erasure",
    "Read whether one's account is to be erased",
    "What was asked for and not taken back; a 404 if nothing was.",
    responses=ErasureSerializer,
    problems=(NOT_ASKED,),
)
delete_account = operation(
    "delete_account",
    "Have one's account erased",
    "In seven days, until when one can sign in as before and take it back. Then a "
    "patient's account is removed for good: records, comments and versions of them, "
    "grants, notifications, exports, profile, account. The access log keeps what was "
    "done, without the name. Accounts of doctors and staff are closed instead: they "
    "cannot be signed in to, a doctor's grants end, and what they wrote stays with the "
    "patients under their name. A mail says when it is done; the receipt is read with "
    "the id. The last active superuser cannot leave. Wants a password or a code given "
    "within the last minutes.",
    request=None,
    responses={202: ErasureSerializer},
    problems=(
        NO_RECENT_PROOF,
        ErasureOpen(present="WAITING"),
        LastSuperuser(),
    ),
)
keep_account = operation(
    "keep_account",
    "Keep one's account after all",
    "Takes back that the account is to be erased, until that has begun.",
    request=None,
    responses=ErasureSerializer,
    problems=(NOT_ASKED, ErasureBegun(present="BEGUN")),
)
read_receipt = operation(
    "read_receipt",
    "Read the receipt for an erased account",
    "Open to whoever knows the id, as nobody could sign in for it: 122 bits of it are "
    "random. It says when, and how much of what was removed or closed; nothing about "
    "whom. A 404 until the account has been erased.",
    responses=ReceiptSerializer,
)
