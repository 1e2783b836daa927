"""From the ids in a token or a session to the person, in queries compiled once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from phr.accounts.browser_sessions import STRONG, Use
from phr.accounts.models import LoginSession, User, UserType
from phr.accounts.presence import SessionPresence
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.compiled_instances import SEARCHED, columns, take
from phr.core.compiled_queries import CompiledQuery, Question

# What stands for the values while the statement is built.
SESSION, USER = UUID(int=1), UUID(int=2)
KEY, TIME = "key", datetime(1, 1, 1, tzinfo=UTC)


def find_live_session(*, session_id: UUID, user_id: UUID) -> SessionPresence | None:
    """A session that counts, with user and profile loaded; None if there is none."""
    query, values = session_question(session_id=session_id, user_id=user_id)
    found = query.rows(**values)
    if not found:
        return None
    proved_at, second_factor, *person = found[0]
    user = take_person(iter(person))
    session = SessionPresence(session_id, user, proved_at, second_factor)
    return session if is_complete(user) else None


def session_question(*, session_id: UUID, user_id: UUID) -> Question:
    """What `find_live_session` asks."""
    return session_query(), {"session": session_id, "user": user_id}


class BrowserSession(NamedTuple):
    """A session of a browser as it is stored.

    :param data: encoded, as Django has it.
    :param use: None if it is not listed yet.
    :param person: whose it is listed as, blocked or not.
    """

    data: str
    use: Use | None
    person: User | None


def find_browser_session(key: str, *, at: datetime) -> BrowserSession | None:
    """A session that has not run out, how it was used and by whom; None if none is."""
    found = browser_session_query().rows(key=key, at=at)
    if not found:
        return None
    data, seen_at, second_factor, *person = found[0]
    use = Use(seen_at, second_factor) if seen_at else None
    return BrowserSession(data, use, take_person(iter(person)) if use else None)


def find_person(user_id: UUID) -> User | None:
    """A user with the profile loaded, blocked or not; None if there is none."""
    found = person_query().rows(user=user_id)
    return take_person(iter(found[0])) if found else None


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
    rows = live.values_list("proved_at", "second_factor", *person_columns("user__"))
    return CompiledQuery.of(rows, {"session": SESSION, "user": USER})


@cache
def browser_session_query() -> CompiledQuery:
    stored = Session.objects.filter(session_key=KEY, expire_date__gt=TIME)
    listed = UserSession.objects.filter(session_key=KEY).annotate(strong=STRONG)
    columns_of_user = person_columns("user__")
    return CompiledQuery.joined(
        "SELECT * FROM ({stored}) AS stored LEFT JOIN ({listed}) AS listed ON true",
        {
            "stored": stored.values_list("session_data"),
            "listed": listed.values_list("last_seen_at", "strong", *columns_of_user),
        },
        {"key": KEY, "at": TIME},
    )


@cache
def person_query() -> CompiledQuery:
    rows = User.objects.filter(pk=USER).values_list(*person_columns())
    return CompiledQuery.of(rows, {"user": USER})


def person_columns(prefix: str = "") -> list[str]:
    """The columns that `take_person` takes."""
    return [
        *(f"{prefix}{name}" for name in columns(User, SEARCHED)),
        *(
            f"{prefix}patient_profile__{name}"
            for name in columns(PatientProfile, SEARCHED)
        ),
        *(
            f"{prefix}doctor_profile__{name}"
            for name in columns(DoctorProfile, SEARCHED)
        ),
    ]


def take_person(row: Iterator[Any]) -> User:
    """Make a user of the next columns of a row, with the profile if there is one."""
    user: User = take(User, row, SEARCHED)
    if patient := take(PatientProfile, row, SEARCHED):
        user.patient_profile = patient
    if doctor := take(DoctorProfile, row, SEARCHED):
        user.doctor_profile = doctor
    return user
