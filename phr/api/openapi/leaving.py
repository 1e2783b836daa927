"""Somebody who leaves, and somebody who has left, for the examples of the document."""

from phr.api.openapi.people import Value

ERASURE: Value = {
    "id": "c1f0a2d4-7b36-4e58-9d0a-84e2f6b13c75",
    "requested_at": "2026-03-02T17:00:00Z",
    "due_at": "2026-03-09T17:00:00Z",
    "cancelled_at": None,
    "erased_at": None,
}
# Of somebody who has left before; its id is all that is known of them.
RECEIPT_ID = "6e0c9b57-2f41-4d8a-b3c6-05d7a91ef428"
RECEIPT: Value = {
    "requested_at": "2026-02-20T08:15:00Z",
    "erased_at": "2026-02-27T09:00:00Z",
    "counts": {
        "comments": 5,
        "email_addresses": 1,
        "grants": 2,
        "ledger_lines_redacted": 41,
        "mails": 3,
        "notifications": 12,
        "notifications_of_others": 9,
        "records": 8,
        "sessions": 6,
        "versions": 14,
    },
}
