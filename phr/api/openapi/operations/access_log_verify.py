"""Checking the ledger, in the document."""

from phr.api.audit.ledger_check_cursors import decode
from phr.api.openapi.operations.accounts import wait
from phr.api.openapi.operations.operation import Operation, raised
from phr.api.openapi.people import ENTRY, Value

PUBLIC_KEY = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
SEALED: Value = {
    "ok": True,
    "seals": 1,
    "entries": 1,
    "redacted": 0,
    "unsealed": 0,
    "first_broken": None,
    "head": {
        "number": 1,
        "hash": "5d0f0c2a6f8e4b7e9a31c2d85b64f7108e2c4d3ab9175f60e8d2419c7ab3f652",
        "sealed_at": "2026-03-02T10:31:00Z",
    },
    "public_key": PUBLIC_KEY,
    "next": None,
}
CHANGED: Value = SEALED | {
    "ok": False,
    "seals": 0,
    "entries": 0,
    "unsealed": None,
    "first_broken": {
        "kind": "CHANGED",
        "seal": 1,
        "position": 1,
        "entry_id": ENTRY["id"],
    },
    "head": None,
}
VERIFY_ACCESS_LOG = Operation(
    "Check that nobody has edited the access log",
    "Everybody who is signed in may check the log of the whole server against its "
    "seals; what the lines say is not shown. A page checks 40 seals and the lines "
    "under them, about 10,000; `next` leads on. Each seal keeps a digest of its lines, "
    "is signed, and holds the hash of the seal before. `first_broken` names the first "
    "line that was changed, removed or slipped in, or the first seal that is not as it "
    "was made. On the last page, a ledger whose end was cut off shows as well. "
    "Note `head` and `public_key` down: whatever is sealed now cannot be taken back "
    "without a later check finding another hash under that number.",
    answers={200: {"as it was sealed": SEALED, "a line was changed": CHANGED}},
    problems=(
        raised(lambda: decode("a-cursor-of-a-list")),
        wait(minutes=1),
    ),
)
