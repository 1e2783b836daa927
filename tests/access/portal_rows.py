"""The rows of the portal: people, pages, forms."""

from tests.access.portal_access_rows import ACCESS, INBOX, LOG
from tests.access.portal_account_rows import OWN_ACCOUNT, SIGNING_IN
from tests.access.portal_doctor_rows import OF_DOCTORS
from tests.access.portal_staff_rows import OF_STAFF
from tests.access.row import form, page, public

RECORD = {
    "record_type": "LAB_RESULT",
    "title": "Blood count",
    "visit_day": "2026-01-05",
    "description": "All as it should be.",
}
DELETED = ("deleted", {"record_id": "{deleted_record_id}"})
RECORDS = [
    page("/records/", others=404, alice=200, carol=200),
    page("/records/{record_id}/", others=404, alice=200, dr_bob=200, dr_jo=200),
    page("/records/{record_id}/changes/", others=404, alice=200, dr_bob=200, dr_jo=200),
    page("/emergency-card/", others=404, alice=200, carol=200),
    page("/records/new/", others=404, alice=200, carol=200),
    page("/records/deleted/", others=404, alice=200, carol=200),
    form("/records/new/", RECORD, others=404, alice=302, carol=302),
    page("/records/{record_id}/edit/", others=404, alice=200),
    form("/records/{record_id}/edit/", RECORD, others=404, alice=302),
    form("/records/{record_id}/delete/", {}, others=404, alice=302),
    form("/records/{record_id}/restore/", {}, about=DELETED, others=404, alice=302),
]
PORTAL = [
    public("GET", "/"),
    public("GET", "/styleguide/"),
    *SIGNING_IN,
    *OWN_ACCOUNT,
    *RECORDS,
    *ACCESS,
    *LOG,
    *INBOX,
    *OF_DOCTORS,
    *OF_STAFF,
]
