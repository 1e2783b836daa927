"""The people of the demo. All of them, their numbers and addresses are invented."""

from dataclasses import dataclass
from datetime import date

from phr.accounts.models import UserType


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in.

    :param about: what the table of sign-ins says about them.
    :param joined: when the account was made, as `stories.shape.moment` reads it.
    """

    username: str
    first_name: str
    last_name: str
    password: str
    phone_number: str
    born: date
    user_type: UserType
    about: str
    joined: str = "2023-11-01 08:00"


@dataclass(frozen=True, slots=True)
class Doctor:
    account: Account
    specialization: str
    license_number: str
    years_of_experience: int


@dataclass(frozen=True, slots=True)
class Patient:
    account: Account
    blood_type: str
    allergies: str
    emergency_contact: str


ADMINISTRATOR = Account(
    "nora",
    "Nora",
    "Lindqvist",
    "harbour-lantern-31",
    "+12025550100",
    date(1979, 6, 2),
    UserType.ADMIN,
    "opens /admin/: a licence and an emergency wait there",
)

DOCTORS = (
    Doctor(
        Account(
            "dr_hassan",
            "Leila",
            "Hassan",
            "walnut-ferry-48",
            "+12025550111",
            date(1977, 11, 19),
            UserType.DOCTOR,
            "verified, cares for four patients and sees a part of a fifth",
        ),
        "Internal medicine",
        "DEMO-IM-20817",
        18,
    ),
    Doctor(
        Account(
            "dr_weber",
            "Jonas",
            "Weber",
            "gravel-tulip-75",
            "+12025550112",
            date(1983, 3, 8),
            UserType.DOCTOR,
            "verified, sees one patient whole and one in part",
        ),
        "Orthopaedics and sports medicine",
        "DEMO-OR-31406",
        11,
    ),
    Doctor(
        Account(
            "dr_osei",
            "Kofi",
            "Osei",
            "copper-meadow-62",
            "+12025550113",
            date(1992, 9, 27),
            UserType.DOCTOR,
            "not verified yet, has asked two patients",
            "2026-09-14 10:00",
        ),
        "Obstetrics and gynaecology",
        "DEMO-OG-44592",
        4,
    ),
)

PATIENTS = (
    Patient(
        Account(
            "maria",
            "Maria",
            "Santos",
            "violet-anchor-19",
            "+12025550121",
            date(1967, 4, 12),
            UserType.PATIENT,
            "high blood pressure",
        ),
        "A+",
        "Penicillin (rash, 1994)",
        "Paulo Santos, husband, +12025550131",
    ),
    Patient(
        Account(
            "david",
            "David",
            "Okafor",
            "timber-comet-84",
            "+12025550122",
            date(1962, 8, 30),
            UserType.PATIENT,
            "type 2 diabetes",
        ),
        "O+",
        "",
        "Grace Okafor, daughter, +12025550132",
    ),
    Patient(
        Account(
            "emma",
            "Emma",
            "Larsen",
            "saddle-breeze-57",
            "+12025550123",
            date(2001, 12, 5),
            UserType.PATIENT,
            "a knee injury and its surgery; was read in an emergency",
        ),
        "B+",
        "Latex (contact rash)",
        "Ingrid Larsen, mother, +12025550133",
    ),
    Patient(
        Account(
            "priya",
            "Priya",
            "Nair",
            "orchid-window-23",
            "+12025550124",
            date(1994, 2, 17),
            UserType.PATIENT,
            "a pregnancy; one doctor waits for her answer",
        ),
        "O-",
        "",
        "Arun Nair, husband, +12025550134",
    ),
    Patient(
        Account(
            "tom",
            "Tom",
            "Becker",
            "pebble-rocket-96",
            "+12025550125",
            date(2006, 7, 21),
            UserType.PATIENT,
            "asthma; no doctor has access now, one had in an emergency",
        ),
        "AB+",
        "Cat dander, birch pollen",
        "Sabine Becker, mother, +12025550135",
    ),
    Patient(
        Account(
            "claire",
            "Claire",
            "Dubois",
            "cinder-garden-40",
            "+12025550126",
            date(1984, 10, 9),
            UserType.PATIENT,
            "migraine; has declined one doctor",
        ),
        "A-",
        "Codeine (vomiting)",
        "Luc Dubois, brother, +12025550136",
    ),
)

DOCTOR_ACCOUNTS = tuple(doctor.account for doctor in DOCTORS)
PATIENT_ACCOUNTS = tuple(patient.account for patient in PATIENTS)
ACCOUNTS = (ADMINISTRATOR, *DOCTOR_ACCOUNTS, *PATIENT_ACCOUNTS)
