"""Who may do what about leaving: everybody for themselves."""

from tests.access.row import public, row

DELETE = "/api/account/delete/"
ERASING = [
    row("GET", DELETE, others=404),
    row("POST", DELETE, others=202),
    row("POST", DELETE + "cancel/", others=404),
    public("GET", "/api/account/receipts/{erasure_id}/"),
]
