"""The rows of the portal: people, pages, forms."""

from tests.access.row import form, page, public

SIGNING_IN = [
    public("GET", "/"),
    public("GET", "/sign-in/"),
    form("/sign-in/", {}, others=400, nobody=400),
    form("/sign-out/", {}, others=302),
]
RECORDS = [
    page("/records/", others=404, alice=200, carol=200),
    page("/records/{record_id}/", others=404, alice=200, dr_bob=200, dr_jo=200),
]
PORTAL = [*SIGNING_IN, *RECORDS]
