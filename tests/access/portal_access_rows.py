"""The rows of the portal's pages about access, the access log and the inbox."""

from dataclasses import replace

from tests.access.row import form, page, row

EVERYTHING = {"extent": "everything", "lasts": "open"}
ONLY_LABS = {"extent": "some", "record_types": "LAB_RESULT", "lasts": "open"}
INVITE = "/access/invite/?doctor={doctor_id}"
REQUEST = ("a request", {"grant_id": "{request_id}"})
ENDED = ("one that was ended", {"grant_id": "{ended_grant_id}"})

ACCESS = [
    page("/access/", others=404, alice=200, carol=200),
    page("/access/all/", others=404, alice=200, carol=200),
    page("/access/invite/", others=404, alice=200, carol=200),
    page(INVITE, others=404, alice=200, carol=200),
    form(INVITE, EVERYTHING, others=404, alice=302, carol=302, proof=True),
    page("/access/{grant_id}/change/", others=404, alice=200),
    form(
        "/access/{grant_id}/change/",
        ONLY_LABS,
        others=404,
        alice=302,
        about=("to less", {}),
    ),
    form(
        "/access/{grant_id}/change/",
        ONLY_LABS | {"is_primary": "on"},
        others=404,
        alice=409,
        about=ENDED,
    ),
    page("/access/{grant_id}/end/", others=404, alice=200),
    form("/access/{grant_id}/end/", {"reason": ""}, others=404, alice=302),
    page("/access/{grant_id}/preview/", others=404, alice=200),
    page("/access/{grant_id}/accept/", others=404, alice=200, about=REQUEST),
    form(
        "/access/{grant_id}/accept/",
        EVERYTHING,
        others=404,
        alice=302,
        about=REQUEST,
        proof=True,
    ),
    page("/access/{grant_id}/decline/", others=404, alice=200, about=REQUEST),
    form(
        "/access/{grant_id}/decline/",
        {"reason": ""},
        others=404,
        alice=302,
        about=REQUEST,
    ),
]
LOG = [
    page("/access/log/", others=404, alice=200, carol=200),
    page("/access/log/check/", others=404, alice=200, carol=200),
    form("/access/log/check/", {}, others=404, alice=302, carol=302),
    form("/access/log/download/", {"kind": ""}, others=404, alice=200, carol=200),
]
INBOX = [
    page("/inbox/", others=200),
    # The page that asks is told to stop asking.
    replace(row("GET", "/inbox/count/", others=200, nobody=286), session=True),
    form("/inbox/{notification_id}/read/", {}, others=404, alice=302),
    form("/inbox/read/", {}, others=302),
]
