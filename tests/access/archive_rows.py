"""Who may take whose account along."""

from tests.access.row import public, row

EXPORT = "/api/account/export/"
ONE_EXPORT = EXPORT + "{export_id}/"

EXPORTS = [
    row("GET", EXPORT, others=403, alice=200, carol=200),
    row("POST", EXPORT, others=403, alice=202, carol=200),
    row("GET", ONE_EXPORT, others=404, alice=200),
    row("GET", ONE_EXPORT + "download/", others=404, alice=200),
    row(
        "GET",
        ONE_EXPORT + "download/",
        others=404,
        carol=409,
        about=("not ready", {"export_id": "{waiting_export_id}"}),
    ),
    public("GET", EXPORT + "schema/"),
]
