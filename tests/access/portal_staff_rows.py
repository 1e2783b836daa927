"""The rows of the staff's pages of the portal."""

from tests.access.row import form, page

DECIDE = "/staff/doctors/{doctor_id}/decide/"
REVIEW = "/staff/emergencies/{emergency_id}/review/"
VERIFY = {"decision": "VERIFY", "valid_until": "{day_in_a_year}"}
OF_STAFF = [
    page("/staff/", others=404, sam=200),
    page("/staff/readiness/", others=404, sam=200),
    page(DECIDE, others=404, sam=200, nina=403),
    form(
        DECIDE,
        {
            **VERIFY,
            "first_name": "Dan",
            "last_name": "Okoro",
            "specialization": "{specialization}",
            "license_number": "{license_number}",
        },
        others=404,
        sam=302,
        nina=403,
        proof=True,
    ),
    form(
        DECIDE, VERIFY, others=404, sam=409, nina=403, about=("unseen", {}), proof=True
    ),
    page(REVIEW, others=404, sam=200, nina=403),
    form(REVIEW, {"verdict": "JUSTIFIED"}, others=404, sam=302, nina=403, proof=True),
    page("/staff/assign/", others=404, sam=200, nina=403),
    form(
        "/staff/assign/",
        {"patient_id": "{alice_id}", "doctor_id": "{dr_eve_id}"},
        others=404,
        sam=302,
        nina=403,
        proof=True,
    ),
]
