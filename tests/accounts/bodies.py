"""Bodies that the account endpoints take."""

from typing import Any

PASSWORD = "seven green bottles 41"


def patient_body(**changes: Any) -> dict[str, Any]:
    return {
        "username": "nora",
        "email": "nora@example.org",
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "user_type": "PATIENT",
        "first_name": "Nora",
        "last_name": "Lindqvist",
        "phone_number": "+31201234567",
        "date_of_birth": "1987-04-30",
        "language": "de",
        "time_zone": "Europe/Amsterdam",
    } | changes


def doctor_body(**changes: Any) -> dict[str, Any]:
    return (
        patient_body(username="dr_ito", email="ito@example.org", user_type="DOCTOR")
        | {
            "first_name": "Emi",
            "last_name": "Ito",
            "specialization": "Neurology",
            "license_number": "NL-4711",
            "years_of_experience": 9,
        }
        | changes
    )
