"""From the ids in a token to the person, in one query that is compiled once."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Model

from phr.accounts.models import LoginSession, User, UserType
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.compiled_queries import CompiledQuery

# What stands for the values while the statement is built.
SESSION, USER = UUID(int=1), UUID(int=2)
# What is read at a refresh alone, and what only searches look through.
NOT_ASKED_FOR = {"spent_refreshes", "search_text"}


def find_live_session(*, session_id: UUID, user_id: UUID) -> LoginSession | None:
    """A session that counts, with user and profile loaded; None if there is none."""
    found = session_query().rows(session=session_id, user=user_id)
    if not found:
        return None
    row = iter(found[0])
    session: LoginSession = take(LoginSession, row)
    user: User = take(User, row)
    patient: PatientProfile = take(PatientProfile, row)
    doctor: DoctorProfile = take(DoctorProfile, row)
    if patient.pk:
        user.patient_profile = patient
    if doctor.pk:
        user.doctor_profile = doctor
    session.user = user
    return session if is_complete(user) else None


def is_complete(user: User) -> bool:
    """Whether a patient or doctor has the profile without which nothing is theirs."""
    match user.user_type:
        case UserType.PATIENT:
            return hasattr(user, "patient_profile")
        case UserType.DOCTOR:
            return hasattr(user, "doctor_profile")
        case _:
            return True


@cache
def session_query() -> CompiledQuery:
    live = LoginSession.objects.live().filter(pk=SESSION, user=USER)
    rows = live.values_list(
        *columns(LoginSession),
        *(f"user__{name}" for name in columns(User)),
        *(f"user__patient_profile__{name}" for name in columns(PatientProfile)),
        *(f"user__doctor_profile__{name}" for name in columns(DoctorProfile)),
    )
    return CompiledQuery.of(rows, {"session": SESSION, "user": USER})


@cache
def columns(model: type[Model]) -> list[str]:
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if name not in NOT_ASKED_FOR]


def take(model: type[Model], row: Iterator[Any]) -> Any:
    """Make an instance of the model from the next columns of a row."""
    names = columns(model)
    return model.from_db("default", names, [next(row) for _ in names])
