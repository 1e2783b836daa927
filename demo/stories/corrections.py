"""What was put right after it had been written: the older versions of the stories."""

from collections.abc import Mapping
from dataclasses import dataclass

# A record is found by its patient and the time of its visit.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of a record by its patient, or of a comment by its doctor.

    :param at: when, as `stories.shape.moment` reads it.
    :param before: the texts that stood there until then, by the names of their fields.
    :param doctor: whose comment it is, by username; nobody's if it is the record.
    """

    place: Place
    at: str
    before: Mapping[str, str]
    doctor: str = ""


# Oldest first.
CORRECTIONS = (
    Correction(
        ("maria", "2024-02-06 09:40"),
        "2024-02-07 18:10",
        {"medications": "Losartan 50 mg, two in the morning"},
    ),
    Correction(
        ("claire", "2024-03-19 13:00"),
        "2024-03-21 19:35",
        {"treatment": ""},
    ),
    Correction(
        ("emma", "2024-06-02 22:15"),
        "2024-06-04 10:15",
        {"title": "Swolen calf"},
    ),
    Correction(
        ("david", "2024-09-16 14:10"),
        "2024-09-17 19:20",
        {
            "symptoms": "Black before the eyes.",
            "diagnosis": "",
        },
    ),
    Correction(
        ("david", "2025-05-13 13:00"),
        "2025-05-14 09:50",
        {"comment": "An injection with a steroid helps."},
        doctor="dr_weber",
    ),
    Correction(
        ("maria", "2026-10-13 09:20"),
        "2026-10-13 18:05",
        {"description": "Both tablets from now on in one."},
    ),
    Correction(
        ("maria", "2026-10-13 09:20"),
        "2026-10-14 07:45",
        {
            "medications": "Losartan 100 mg / amlodipine 10 mg, once in the morning\n"
            "Atorvastatin 20 mg, once in the evening",
        },
    ),
    Correction(
        ("maria", "2026-10-13 09:20"),
        "2026-10-14 08:20",
        {"comment": "Same substances, same doses."},
        doctor="dr_hassan",
    ),
)
