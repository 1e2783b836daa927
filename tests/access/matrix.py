"""Who gets which answer from which address.

The tests run every cell of this table, and docs/access-matrix.md is written from it.
"""

from tests.access.archive_rows import EXPORTS
from tests.access.care_rows import CARE, EMERGENCIES, GRANTING, VERIFYING
from tests.access.erasure_rows import ERASING
from tests.access.identity_rows import IDENTITY
from tests.access.portal_rows import PORTAL
from tests.access.row import PEOPLE, Row, public, row

__all__ = ["PEOPLE", "ROWS", "Row"]

RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
PERSON = {"email": "new@example.org", "first_name": "New", "last_name": "Name"}
REGISTRATION = PERSON | {
    "username": "newcomer",
    "password": "quite a long sentence 9",
    "password_confirm": "quite a long sentence 9",
    "user_type": "PATIENT",
}


RECORDS = "/api/health-records/"
ONE_RECORD = "/api/health-records/{record_id}/"
COMMENTS = "/api/health-records/{record_id}/comments/"
ONE_COMMENT = "/api/health-records/{record_id}/comments/{comment_id}/"
PRIVATE = ("a private comment", {"comment_id": "{private_comment_id}"})
COLLEAGUES = ("another doctor's comment", {"comment_id": "{colleagues_comment_id}"})
OF_ANOTHER_RECORD = ("through another record", {"record_id": "{carols_record_id}"})
DELETED = {"record_id": "{deleted_record_id}"}
SAY = {"comment": "Please come back in a year."}

ACCOUNTS = [
    public("POST", "/api/auth/register/", 201, body=REGISTRATION),
    public(
        "POST",
        "/api/auth/login/",
        body={"username": "carol", "password": "{password}"},
    ),
    public("POST", "/api/auth/token/refresh/", body={"refresh": "{refresh}"}),
    row("POST", "/api/auth/logout/", others=204),
    row("GET", "/api/auth/profile/", others=200),
    *(
        row(
            method,
            "/api/auth/profile/",
            others=409,
            alice=200,
            carol=200,
            dr_dan=200,
            sam=200,
            body={"user": PERSON},
            about=("another name; all doctors but dr_dan are verified", {}),
        )
        for method in ("PUT", "PATCH")
    ),
    row(
        "PATCH",
        "/api/auth/profile/",
        others=200,
        body={"user": {"phone_number": "+31201234567"}},
        about=("another phone number", {}),
    ),
]

HEALTH_RECORDS = [
    row("GET", RECORDS, others=200),
    row(
        "GET",
        RECORDS + "?patient={alice_id}",
        others=200,
        about=("one patient's", {}),
    ),
    row("POST", RECORDS, others=403, alice=201, carol=201, body=RECORD),
    row("GET", ONE_RECORD, others=404, alice=200, dr_bob=200, dr_jo=200),
    row("PUT", ONE_RECORD, others=404, alice=200, dr_bob=403, dr_jo=403, body=RECORD),
    row(
        "PATCH",
        ONE_RECORD,
        others=404,
        alice=200,
        dr_bob=403,
        dr_jo=403,
        body={"title": "Changed"},
    ),
    row("DELETE", ONE_RECORD, others=404, alice=204, dr_bob=403, dr_jo=403),
    row("GET", ONE_RECORD + "history/", others=404, alice=200, dr_bob=200, dr_jo=200),
    row(
        "GET",
        ONE_RECORD + "history/",
        others=404,
        alice=404,
        about=("deleted by its patient", DELETED),
    ),
    row(
        "POST",
        ONE_RECORD + "restore/",
        others=404,
        alice=409,
        dr_bob=403,
        dr_jo=403,
        about=("not deleted", {}),
    ),
    row(
        "POST",
        ONE_RECORD + "restore/",
        others=404,
        alice=200,
        about=("deleted by its patient", DELETED),
    ),
    row("GET", RECORDS + "?deleted=true", others=200, about=("deleted ones", {})),
    row(
        "GET",
        RECORDS + "my-patients/",
        others=200,
        alice=403,
        carol=403,
        sam=403,
    ),
]

COMMENTING = [
    row("GET", COMMENTS, others=404, alice=200, dr_bob=200, dr_jo=200),
    row("POST", COMMENTS, others=404, alice=403, dr_bob=201, dr_jo=201, body=SAY),
    row("GET", ONE_COMMENT, others=404, alice=200, dr_bob=200, dr_jo=200),
    row("PUT", ONE_COMMENT, others=404, alice=403, dr_bob=200, dr_jo=403, body=SAY),
    row("PATCH", ONE_COMMENT, others=404, alice=403, dr_bob=200, dr_jo=403, body=SAY),
    row("DELETE", ONE_COMMENT, others=404, alice=403, dr_bob=204, dr_jo=403),
    row("GET", ONE_COMMENT, others=404, dr_bob=200, dr_jo=200, about=PRIVATE),
    row(
        "PATCH", ONE_COMMENT, others=404, dr_bob=200, dr_jo=403, body=SAY, about=PRIVATE
    ),
    row("DELETE", ONE_COMMENT, others=404, dr_bob=204, dr_jo=403, about=PRIVATE),
    row(
        "GET",
        ONE_COMMENT,
        others=404,
        alice=200,
        dr_bob=200,
        dr_jo=200,
        about=COLLEAGUES,
    ),
    row(
        "PATCH",
        ONE_COMMENT,
        others=404,
        alice=403,
        dr_bob=403,
        dr_jo=403,
        body=SAY,
        about=COLLEAGUES,
    ),
    row(
        "DELETE",
        ONE_COMMENT,
        others=404,
        alice=403,
        dr_bob=403,
        dr_jo=403,
        about=COLLEAGUES,
    ),
    row("GET", ONE_COMMENT, others=404, about=OF_ANOTHER_RECORD),
    row("PATCH", ONE_COMMENT, others=404, body=SAY, about=OF_ANOTHER_RECORD),
    row("DELETE", ONE_COMMENT, others=404, about=OF_ANOTHER_RECORD),
]

PREFERENCES = "/api/notifications/preferences/"
MAIL_RECORDS = {"notification_type": "NEW_RECORD", "email": True}
NOTIFICATIONS = [
    row("GET", "/api/notifications/", others=200),
    row("POST", "/api/notifications/{notification_id}/read/", others=404, alice=200),
    row("POST", "/api/notifications/mark-all-read/", others=200),
    row("GET", PREFERENCES, others=200),
    row("PATCH", PREFERENCES, others=200, body={"preferences": [MAIL_RECORDS]}),
]

ACCESS_LOG = [
    row("GET", "/api/access-log/", others=200),
    row("GET", "/api/access-log/csv/", others=200),
    row("GET", "/api/access-log/verify/", others=200),
]

PAGES = [
    public("GET", "/api/schema/"),
    public("GET", "/api/{anything_else}", 404),
    public("POST", "/api/{anything_else}", 404, body={}),
    public("GET", "/api/"),
    public("GET", "/health/"),
    public("GET", "/health/ready/"),
    public("GET", "/api-docs/"),
    public("GET", "/swagger/"),
    public("GET", "/redoc/"),
    public("GET", "/admin/", 302, about=("with a token", {})),
    row(
        "GET",
        "/admin/",
        others=403,
        nobody=302,
        sam=200,
        about=("signed in with a browser", {}),
        session=True,
    ),
]

ROWS = [
    *ACCOUNTS,
    *IDENTITY,
    *CARE,
    *GRANTING,
    *HEALTH_RECORDS,
    *COMMENTING,
    *NOTIFICATIONS,
    *ACCESS_LOG,
    *EXPORTS,
    *VERIFYING,
    *EMERGENCIES,
    *ERASING,
    *PAGES,
    *PORTAL,
]
