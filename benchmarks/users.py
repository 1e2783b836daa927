"""Who asks: many users, each with a session and an address of their own."""

from dataclasses import dataclass

from django.utils import timezone

from benchmarks.filling.plan import CLINICS, LONG_LISTS, Plan
from phr.accounts.models import User
from phr.identity.sign_in import start_session

PATIENTS, DOCTORS = 200, 50


@dataclass(frozen=True)
class Asker:
    username: str
    token: str
    address: str


@dataclass(frozen=True)
class Askers:
    """Everybody who asks, by what they have."""

    patients: list[Asker]
    doctors: list[Asker]
    long_lists: list[Asker]
    clinics: list[Asker]


def sign_in_all(plan: Plan) -> Askers:
    patients = min(PATIENTS, plan.patients)
    doctors = min(DOCTORS, plan.doctors)
    return Askers(
        patients=[signed_in(plan.patient_name(n)) for n in range(patients)],
        doctors=[signed_in(plan.doctor_name(n)) for n in range(doctors)],
        long_lists=[
            signed_in(plan.patient_name(plan.patients + n)) for n in range(LONG_LISTS)
        ],
        clinics=[signed_in(plan.doctor_name(plan.doctors + n)) for n in range(CLINICS)],
    )


def signed_in(username: str) -> Asker:
    user = User.objects.get(username=username)
    token = start_session(user=user, at=timezone.now()).access
    return Asker(username, token, address_of(username))


def address_of(username: str) -> str:
    """One of a network that is nobody's (RFC 2544), the same for the same name."""
    number = sum(ord(letter) * 31**place for place, letter in enumerate(username))
    return f"198.18.{number // 254 % 256}.{number % 254 + 1}"
