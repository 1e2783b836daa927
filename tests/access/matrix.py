"""Who gets which answer from which address.

The tests run every cell of this table, and docs/access-matrix.md is written from it.
"""

from dataclasses import dataclass, field
from typing import Any

PEOPLE = {
    "alice": "the patient whose record it is",
    "dr_bob": "a doctor with an open grant that covers the record",
    "dr_jo": "a doctor with emergency access",
    "dr_fay": "a doctor with an open grant for other types of record only",
    "dr_eve": "a doctor whose grant was ended",
    "dr_gil": "a doctor whose grant has expired",
    "dr_ira": "a doctor who has asked, and was declined",
    "dr_hal": "a doctor who has asked, and waits",
    "dr_dan": "a doctor without a grant",
    "carol": "another patient",
    "sam": "staff",
    "nobody": "nobody is signed in",
}

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


@dataclass(frozen=True)
class Row:
    """One request, and the status that each of `PEOPLE` gets.

    Braces in path and body stand for what the scene of the test puts there.

    :param case: what sets it apart from other rows of the same method and path.
    :param given: what a name in braces stands for in this row, if not as usual.
    :param session: sent with a session of the admin site instead of a token.
    """

    method: str
    path: str
    statuses: dict[str, int]
    case: str = ""
    body: dict[str, Any] | None = None
    given: dict[str, str] = field(default_factory=dict)
    session: bool = False

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.case)))


def row(
    method: str,
    path: str,
    *,
    others: int,
    nobody: int = 401,
    body: dict[str, Any] | None = None,
    about: tuple[str, dict[str, str]] = ("", {}),
    session: bool = False,
    **exceptions: int,
) -> Row:
    """Write one row of the table.

    :param others: the status of all who are not named.
    :param about: case and given, see `Row`.
    :param exceptions: the status of those who are named.
    """
    statuses = dict.fromkeys(PEOPLE, others) | {"nobody": nobody} | exceptions
    if statuses.keys() != PEOPLE.keys():
        raise ValueError(f"Unknown people in {exceptions}")
    return Row(method, path, statuses, about[0], body, about[1], session)


def public(method: str, path: str, status: int = 200, **options: Any) -> Row:
    return row(method, path, others=status, nobody=status, **options)


RECORDS = "/api/health-records/"
ONE_RECORD = "/api/health-records/{record_id}/"
COMMENTS = "/api/health-records/{record_id}/comments/"
ONE_COMMENT = "/api/health-records/{record_id}/comments/{comment_id}/"
ASSIGN = "/api/auth/assign-doctor/"
PRIVATE = ("a private comment", {"comment_id": "{private_comment_id}"})
COLLEAGUES = ("another doctor's comment", {"comment_id": "{colleagues_comment_id}"})
OF_ANOTHER_RECORD = ("by way of another record", {"record_id": "{carols_record_id}"})
DELETED = {"record_id": "{deleted_record_id}"}
SAY = {"comment": "Please come back in a year."}

ACCOUNTS = [
    public("POST", "/api/auth/register/", 201, body=REGISTRATION),
    public(
        "POST",
        "/api/auth/login/",
        body={"username": "alice", "password": "{password}"},
    ),
    public("POST", "/api/auth/token/refresh/", body={"refresh": "{refresh}"}),
    row("POST", "/api/auth/logout/", others=204),
    row("GET", "/api/auth/profile/", others=200),
    row("PUT", "/api/auth/profile/", others=200, body={"user": PERSON}),
    row("PATCH", "/api/auth/profile/", others=200, body={"user": PERSON}),
]

CARE = [
    row("GET", "/api/auth/doctors/", others=200),
    row(
        "POST",
        ASSIGN,
        others=409,
        alice=403,
        carol=403,
        sam=400,
        body={"patient_id": "{alice_id}"},
        about=("for themself; the patient has a primary doctor", {}),
    ),
    row(
        "POST",
        ASSIGN,
        others=200,
        alice=403,
        carol=403,
        sam=400,
        body={"patient_id": "{carol_id}"},
        about=("for themself; the patient has no primary doctor", {}),
    ),
    row(
        "POST",
        ASSIGN,
        others=403,
        dr_bob=200,
        dr_eve=409,
        sam=200,
        body={"patient_id": "{alice_id}", "doctor_id": "{dr_eve_id}"},
        about=("a verified doctor (dr_eve), for the primary doctor's patient", {}),
    ),
    row(
        "POST",
        ASSIGN,
        others=403,
        dr_bob=200,
        dr_dan=409,
        sam=409,
        body={"patient_id": "{alice_id}", "doctor_id": "{dr_dan_id}"},
        about=("an unverified doctor (dr_dan), for the same patient", {}),
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

GRANTS = "/api/care/grants/"
ONE_GRANT = "/api/care/grants/{grant_id}/"
REQUEST = ("a request", {"grant_id": "{request_id}"})
CLOSED = ("one that was ended", {"grant_id": "{ended_grant_id}"})
LABS = {"record_types": ["LAB_RESULT"]}
INVITE = {"doctor_id": "{dr_dan_id}"}
ASK = {"patient_id": "{alice_id}"}
EXPLAIN = "/api/care/explain/?doctor={dr_bob_id}&record={record_id}"

GRANTING = [
    row("GET", GRANTS, others=200, sam=403),
    row(
        "POST",
        GRANTS,
        others=400,
        alice=201,
        carol=201,
        sam=403,
        body=INVITE,
        about=("inviting a doctor", {}),
    ),
    row(
        "POST",
        GRANTS,
        others=201,
        alice=400,
        carol=400,
        sam=403,
        dr_bob=409,
        dr_fay=409,
        dr_hal=409,
        body=ASK,
        about=("asking a patient", {}),
    ),
    row("GET", ONE_GRANT, others=404, alice=200, dr_bob=200, sam=200),
    row("PATCH", ONE_GRANT, others=404, alice=200, dr_bob=403, body=LABS),
    row("POST", ONE_GRANT + "accept/", others=404, alice=409, dr_bob=403, body={}),
    row("POST", ONE_GRANT + "decline/", others=404, alice=409, dr_bob=403, body={}),
    row(
        "POST",
        ONE_GRANT + "end/",
        others=404,
        alice=200,
        dr_bob=200,
        sam=200,
        body={},
    ),
    row("GET", ONE_GRANT + "preview/", others=404, alice=200, dr_bob=403),
    row("GET", ONE_GRANT, others=404, alice=200, dr_hal=200, sam=200, about=REQUEST),
    row(
        "PATCH",
        ONE_GRANT,
        others=404,
        alice=200,
        dr_hal=403,
        body=LABS,
        about=REQUEST,
    ),
    row(
        "POST",
        ONE_GRANT + "accept/",
        others=404,
        alice=200,
        dr_hal=403,
        body={},
        about=REQUEST,
    ),
    row(
        "POST",
        ONE_GRANT + "decline/",
        others=404,
        alice=200,
        dr_hal=403,
        body={},
        about=REQUEST,
    ),
    row(
        "POST",
        ONE_GRANT + "end/",
        others=404,
        alice=200,
        dr_hal=200,
        sam=200,
        body={},
        about=REQUEST,
    ),
    row(
        "GET",
        ONE_GRANT + "preview/",
        others=404,
        alice=200,
        dr_hal=403,
        about=REQUEST,
    ),
    row("GET", ONE_GRANT, others=404, alice=200, dr_eve=200, sam=200, about=CLOSED),
    row(
        "PATCH",
        ONE_GRANT,
        others=404,
        alice=409,
        dr_eve=403,
        body=LABS,
        about=CLOSED,
    ),
    row(
        "POST",
        ONE_GRANT + "accept/",
        others=404,
        alice=409,
        dr_eve=403,
        body={},
        about=CLOSED,
    ),
    row(
        "POST",
        ONE_GRANT + "end/",
        others=404,
        alice=409,
        dr_eve=409,
        sam=409,
        body={},
        about=CLOSED,
    ),
    row("GET", ONE_GRANT + "preview/", others=404, alice=200, dr_eve=403, about=CLOSED),
    row(
        "POST",
        GRANTS + "preview/",
        others=403,
        alice=200,
        carol=200,
        body=INVITE,
    ),
    row("GET", EXPLAIN, others=404, alice=200, dr_bob=200),
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

NOTIFICATIONS = [
    row("GET", "/api/notifications/", others=200),
    row("POST", "/api/notifications/{notification_id}/read/", others=404, alice=200),
    row("POST", "/api/notifications/mark-all-read/", others=200),
]

ACCESS_LOG = [
    row("GET", "/api/access-log/", others=200),
    row("GET", "/api/access-log/csv/", others=200),
    row("GET", "/api/access-log/verify/", others=200),
]

OWN_LICENSE = "/api/care/verification/"
DECIDE = "/api/staff/doctors/{doctor_id}/verify/"
EMERGENCY = "/api/care/emergency/"
ONLY_DOCTORS: Any = {"alice": 403, "carol": 403, "sam": 403}
URGENT = {"reason_code": "UNCONSCIOUS", "reason": "Found in the street."}

VERIFYING = [
    row("GET", OWN_LICENSE, others=200, **ONLY_DOCTORS),
    row(
        "POST",
        OWN_LICENSE,
        others=201,
        **ONLY_DOCTORS,
        body={"license_number": "MED-7", "authority": "Medical Board"},
    ),
    row("GET", "/api/staff/verifications/", others=403, sam=200),
    row(
        "POST",
        DECIDE,
        others=403,
        sam=200,
        body={"decision": "VERIFY", "valid_until": "{in_a_year}"},
        about=("verify", {}),
    ),
    row(
        "POST",
        DECIDE,
        others=403,
        sam=409,
        body={"decision": "REFUSE", "reason": "Not in the register."},
        about=("refuse where nothing waits", {}),
    ),
    row(
        "POST",
        DECIDE,
        others=403,
        sam=404,
        body={"decision": "VERIFY", "valid_until": "{in_a_year}"},
        about=("of somebody who is no doctor", {"doctor_id": "{alice_id}"}),
    ),
]

EMERGENCIES = [
    row(
        "POST",
        EMERGENCY,
        others=201,
        **ONLY_DOCTORS,
        dr_bob=409,
        dr_jo=409,
        dr_dan=403,
        body=URGENT | {"patient_id": "{alice_id}"},
        about=("the patient by id", {}),
    ),
    row(
        "POST",
        EMERGENCY,
        others=404,
        **ONLY_DOCTORS,
        dr_dan=403,
        body=URGENT | {"username": "alice", "date_of_birth": "1987-04-13"},
        about=("with a wrong date of birth", {}),
    ),
]

PAGES = [
    public("GET", "/api/schema/"),
    public("GET", "/api/{anything_else}", 404),
    public("POST", "/api/{anything_else}", 404, body={}),
    public("GET", "/"),
    public("GET", "/health/"),
    public("GET", "/health/ready/"),
    public("GET", "/api-docs/"),
    public("GET", "/swagger/"),
    public("GET", "/redoc/"),
    public("GET", "/admin/", 302, about=("with a token", {})),
    row(
        "GET",
        "/admin/",
        others=302,
        nobody=302,
        sam=200,
        about=("signed in at the admin site", {}),
        session=True,
    ),
]

ROWS = [
    *ACCOUNTS,
    *CARE,
    *GRANTING,
    *HEALTH_RECORDS,
    *COMMENTING,
    *NOTIFICATIONS,
    *ACCESS_LOG,
    *VERIFYING,
    *EMERGENCIES,
    *PAGES,
]
