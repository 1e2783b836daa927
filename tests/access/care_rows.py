"""Who may do what with grants, licences and emergencies."""

from typing import Any

from tests.access.row import row

ASSIGN = "/api/auth/assign-doctor/"

CARE = [
    row("GET", "/api/auth/doctors/", others=200),
    row(
        "POST",
        ASSIGN,
        others=409,
        alice=403,
        carol=403,
        sam=400,
        nina=403,
        body={"patient_id": "{alice_id}"},
        about=("for themselves; the patient has a primary doctor", {}),
    ),
    row(
        "POST",
        ASSIGN,
        others=200,
        alice=403,
        carol=403,
        sam=400,
        nina=403,
        body={"patient_id": "{carol_id}"},
        about=("for themselves; the patient has no primary doctor", {}),
    ),
    row(
        "POST",
        ASSIGN,
        others=403,
        dr_bob=200,
        dr_eve=409,
        sam=200,
        nina=403,
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
        nina=403,
        body={"patient_id": "{alice_id}", "doctor_id": "{dr_dan_id}"},
        about=("an unverified doctor (dr_dan), for the same patient", {}),
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
    row("GET", ONE_GRANT, others=404, alice=200, dr_bob=200, sam=200, nina=403),
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
        nina=403,
        body={},
    ),
    row("GET", ONE_GRANT + "preview/", others=404, alice=200, dr_bob=403),
    row(
        "GET",
        ONE_GRANT,
        others=404,
        alice=200,
        dr_hal=200,
        sam=200,
        nina=403,
        about=REQUEST,
    ),
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
        nina=403,
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
    row(
        "GET",
        ONE_GRANT,
        others=404,
        alice=200,
        dr_eve=200,
        sam=200,
        nina=403,
        about=CLOSED,
    ),
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
        nina=403,
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
    row("GET", "/api/staff/verifications/", others=403, sam=200, nina=403),
    row(
        "POST",
        DECIDE,
        others=403,
        sam=200,
        nina=403,
        body={"decision": "VERIFY", "valid_until": "{in_a_year}"},
        about=("verify", {}),
    ),
    row(
        "POST",
        DECIDE,
        others=403,
        sam=409,
        nina=403,
        body={"decision": "REFUSE", "reason": "Not in the register."},
        about=("refuse where nothing waits", {}),
    ),
    row(
        "POST",
        DECIDE,
        others=403,
        sam=404,
        nina=403,
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
