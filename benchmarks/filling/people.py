"""Accounts, profiles and grants."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import get_hasher

from benchmarks.filling.copying import copy_rows
from benchmarks.filling.plan import (
    CLINICS,
    LONG_LISTS,
    PASSWORD,
    PATIENTS_WITH_PASSWORD,
    Plan,
    person_id,
)
from benchmarks.filling.records import BEGINNING
from benchmarks.filling.words import FIRST_NAMES, LAST_NAMES, SPECIALIZATIONS
from phr.accounts.models import User, UserType
from phr.care.choices import BloodType, GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.care.querysets import searched_as
from phr.core.name_search import name_line

Row = dict[str, Any]
YEAR = timedelta(days=365)
OPENS_ALL: Row = {"record_types": [], "records_since": None}


def fill_people(plan: Plan) -> None:
    copy_rows(User, accounts(plan))
    copy_rows(PatientProfile, patients(plan))
    copy_rows(DoctorProfile, doctors(plan))
    copy_rows(CareGrant, grants(plan))


def stamps(row_id: str) -> Row:
    return {"id": row_id, "created_at": BEGINNING, "updated_at": BEGINNING}


def name_of(username: str) -> tuple[str, str]:
    dice = random.Random(username)
    return dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)


@cache
def known_password() -> str:
    """Hashed once, as this server does it, and with the same salt in every run."""
    return get_hasher().encode(PASSWORD, "benchmark-only-salt")


def accounts(plan: Plan) -> Iterator[Row]:
    for number in range(plan.patients + LONG_LISTS):
        knows_password = number < PATIENTS_WITH_PASSWORD
        yield account(
            person_id("patient's account", number),
            plan.patient_name(number),
            UserType.PATIENT,
            known_password() if knows_password else "!nobody-signs-in",
        )
    for number in range(plan.doctors + CLINICS):
        row_id, name = person_id("doctor's account", number), plan.doctor_name(number)
        yield account(row_id, name, UserType.DOCTOR, "!nobody-signs-in")


def account(row_id: str, name: str, kind: UserType, password: str) -> Row:
    first_name, last_name = name_of(name)
    email = f"{name}@example.org"
    return stamps(row_id) | {
        "search_text": name_line(f"{first_name} {last_name} {name} {email}"),
        "username": name,
        "email": email,
        "first_name": first_name,
        "last_name": last_name,
        "password": password,
        "user_type": kind.value,
        "phone_number": "+12025550123",
        "date_of_birth": None,
        "last_login": None,
        "address_set_by_staff_at": None,
        "is_superuser": False,
        "is_staff": False,
        "is_active": True,
    }


def patients(plan: Plan) -> Iterator[Row]:
    for number in range(plan.patients + LONG_LISTS):
        yield stamps(person_id("patient", number)) | {
            "user_id": person_id("patient's account", number),
            "emergency_contact": "",
            "blood_type": BloodType.values[number % 8],
            "allergies": "",
        }


def doctors(plan: Plan) -> Iterator[Row]:
    for number in range(plan.doctors + CLINICS):
        first_name, last_name = name_of(plan.doctor_name(number))
        specialization = SPECIALIZATIONS[number % len(SPECIALIZATIONS)]
        yield stamps(person_id("doctor", number)) | {
            "user_id": person_id("doctor's account", number),
            "specialization": specialization,
            "license_number": f"LIC-{number}",
            "years_of_experience": number % 40,
            "verified_at": BEGINNING,
            "verified_by_id": None,
            "verified_until": None,
            "search_text": searched_as(first_name, last_name, specialization),
        }


def grants(plan: Plan) -> Iterator[Row]:
    """Each patient's own doctor, and beside them the doctors of the clinics."""
    for number in range(plan.patients + LONG_LISTS):
        own = plan.doctor_of(number)
        yield grant(number, own, GrantOrigin.STAFF, is_primary=True) | OPENS_ALL
    for clinic in range(CLINICS):
        for place in range(plan.clinic):
            number = (clinic * plan.clinic + place) % plan.patients
            usual = grant(number, plan.doctors + clinic, GrantOrigin.DOCTOR)
            yield usual | scope(place) | end(place)


def grant(
    number: int, doctor: int, origin: GrantOrigin, *, is_primary: bool = False
) -> Row:
    at = BEGINNING + timedelta(seconds=number)
    return stamps(person_id(f"grant to {doctor}", number)) | {
        "patient_id": person_id("patient", number),
        "doctor_id": person_id("doctor", doctor),
        "status": GrantStatus.ACTIVE.value,
        "origin": origin.value,
        "is_primary": is_primary,
        "record_types": [],
        "records_since": None,
        "starts_at": at,
        "expires_at": None,
        "requested_by_id": person_id("doctor's account", doctor),
        "requested_at": at,
        "decided_by_id": person_id("patient's account", number),
        "decided_at": at,
        "ended_by_id": None,
        "ended_at": None,
        "reason": "",
        "decision_reason": "",
        "end_reason": "",
    }


def scope(place: int) -> Row:
    """One in ten is narrowed to types of record, one in twenty to a first day."""
    if place % 10 == 3:
        kinds = [RecordType.CHECKUP.value, RecordType.LAB_RESULT.value]
        return {"record_types": kinds}
    if place % 20 == 7:
        return {"records_since": (BEGINNING + 3 * YEAR).date()}
    return {}


def end(place: int) -> Row:
    """Some have ended, some have run out."""
    if place % 50 == 11:
        ended = {"status": GrantStatus.ENDED.value, "ended_at": BEGINNING + 2 * YEAR}
        return ended | {"end_reason": "Moved away."}
    if place % 50 == 25:
        return {"expires_at": BEGINNING + 2 * YEAR}
    return {}
