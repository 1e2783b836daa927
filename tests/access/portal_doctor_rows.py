"""The rows of the doctors' pages of the portal."""

from typing import Any

from tests.access.row import form, page

ONLY_DOCTORS: Any = {"alice": 404, "carol": 404, "sam": 404}
CHART = "/patients/{patient_id}/"
COMMENTS = "/records/{record_id}/comments/"
COMMENT = COMMENTS + "{comment_id}/"
COLLEAGUES = ("another doctor's comment", {"comment_id": "{colleagues_comment_id}"})
OF_ANOTHER_RECORD = ("through another record", {"record_id": "{carols_record_id}"})
END = "/requests/{grant_id}/end/"
WAITING = ("a request", {"grant_id": "{request_id}"})
CLOSED = ("one that was ended", {"grant_id": "{ended_grant_id}"})
SAY = {"comment": "Please come back in a year."}
LICENCE = {
    "license_number": "MED-7",
    "authority": "Medical Board",
    "first_name": "New",
    "last_name": "Name",
}
URGENT = {"reason_code": "UNCONSCIOUS", "reason": "Found in the street."}

PATIENTS = [
    page("/patients/", others=200, **ONLY_DOCTORS),
    page(CHART, others=404, dr_bob=200, dr_jo=200, dr_fay=200),
    page(
        CHART + "hand-over/",
        others=404,
        dr_bob=200,
        dr_jo=200,
        dr_fay=200,
    ),
    form(
        CHART + "hand-over/",
        {"doctor_id": "{dr_eve_id}"},
        others=404,
        dr_bob=302,
        dr_jo=403,
        dr_fay=403,
        proof=True,
    ),
]
COMMENTING = [
    page(COMMENTS, others=404, dr_bob=200, dr_jo=200),
    form(COMMENTS, SAY, others=404, dr_bob=302, dr_jo=302),
    page(COMMENT, others=404, dr_bob=200, dr_jo=403),
    form(COMMENT, SAY, others=404, dr_bob=302, dr_jo=403),
    form(COMMENT, SAY, others=404, dr_bob=403, dr_jo=403, about=COLLEAGUES),
    form(COMMENT, SAY, others=404, about=OF_ANOTHER_RECORD),
    page(COMMENT + "delete/", others=404, dr_bob=200, dr_jo=403),
    form(COMMENT + "delete/", {}, others=404, dr_bob=302, dr_jo=403),
    form(COMMENT + "delete/", {}, others=404, dr_bob=403, dr_jo=403, about=COLLEAGUES),
]
ASKING = [
    page("/requests/", others=200, **ONLY_DOCTORS),
    page("/requests/ask/", others=200, **ONLY_DOCTORS),
    form(
        "/requests/ask/",
        {"patient_id": "{alice_id}"},
        others=302,
        **ONLY_DOCTORS,
        dr_bob=409,
        dr_fay=409,
        dr_hal=409,
    ),
    page("/requests/take-over/", others=200, **ONLY_DOCTORS),
    form(
        "/requests/take-over/",
        {"patient_id": "{alice_id}"},
        others=409,
        **ONLY_DOCTORS,
        about=("the patient has a main doctor", {}),
        proof=True,
    ),
    form(
        "/requests/take-over/",
        {"patient_id": "{carol_id}"},
        others=302,
        **ONLY_DOCTORS,
        about=("the patient has none", {}),
        proof=True,
    ),
    page(END, others=404, dr_bob=200),
    form(END, {}, others=404, dr_bob=302),
    form(END, {}, others=404, dr_hal=302, about=WAITING),
    form(END, {}, others=404, dr_eve=409, about=CLOSED),
]
STANDING = [
    page("/licence/", others=200, **ONLY_DOCTORS),
    form("/licence/", LICENCE, others=302, **ONLY_DOCTORS, proof=True),
    page("/emergency/", others=200, **ONLY_DOCTORS),
    form(
        "/emergency/",
        URGENT | {"patient_id": "{alice_id}"},
        others=403,
        **ONLY_DOCTORS,
        about=("signed in with a password alone", {}),
        proof=True,
    ),
]
OF_DOCTORS = [*PATIENTS, *COMMENTING, *ASKING, *STANDING]
