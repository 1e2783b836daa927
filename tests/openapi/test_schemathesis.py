"""The server keeps what the document says, whatever a client makes of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis import Case

from phr.accounts.models import User
from phr.accounts.names import NAMES
from phr.api.openapi.examples import cast
from phr.core import redis_client
from phr.core.single_line import as_one_line
from phr.identity.sign_in import start_session
from tests.openapi.fuzzing import schema_for
from tests.openapi.world import populate

CAST = cast()
pytestmark = pytest.mark.django_db

# Who asks makes no difference there.
PUBLIC = (
    "/(register|login|refresh|schema|health|ready)/$|/auth/passkey/"
    "|/password/(forgot|reset)/|/email/confirm/|/account/receipts/"
)

as_nobody = schema_for("patient").include(path_regex=PUBLIC)
as_patient = schema_for("patient").exclude(path_regex=PUBLIC)
as_doctor = schema_for("doctor").exclude(path_regex=PUBLIC)
as_staff = schema_for("staff").exclude(path_regex=PUBLIC)


# The fixtures' rows are there for all examples, which each take back what they do.
one_world = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def _connections_stay_open() -> Iterator[None]:
    """As in Django's test client: a request must not close the test's transaction."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def tokens() -> dict[str, str]:
    """An access token for each role in the world of the examples."""
    return {
        role: start_session(user=user, at=timezone.now(), second_factor=True).access
        for role, user in populate().items()
    }


def try_out(case: Case[Any], token: str = "") -> None:
    """Run all checks on one request, and take back what it has changed.

    Thus each meets the same world: ids exist, nobody is signed out, no name is taken.
    """
    redis_client.connection().flushdb()
    name_a_day_ahead(case)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    keep_unwritten_rules(case)
    show_something(case)
    keep_a_name(case)
    end_access_in_the_future(case)
    name_each_type_once(case)
    with transaction.atomic():
        case.call_and_validate(headers=headers)
        transaction.set_rollback(True)


def keep_unwritten_rules(case: Case[Any]) -> None:
    """Make a registration valid where JSON Schema has no words for what makes it so:

    the passwords are the same and not easy to guess, name and licence are not taken.
    """
    if not is_valid(case) or not isinstance(case.body, dict):
        return
    body: dict[str, Any] = dict(case.body)
    if "password_confirm" in body:
        if is_weak(body["password"], body):
            body["password"] = CAST["password"]
        body["password_confirm"] = body["password"]
        case.body = body
    if case.method != "POST" or not case.path.endswith("/register/"):
        return
    if User.objects.filter(username__iexact=body["username"].strip()).exists():
        body["username"] = "somebody.new"
    if body.get("license_number", "").strip() in CAST["bobs_license"].values():
        body["license_number"] = ""
    case.body = body


def show_something(case: Case[Any]) -> None:
    """Nor for texts of one line that are nothing but what nobody sees."""
    if is_valid(case) and isinstance(case.body, dict):
        case.body = shown(case.body)


def keep_a_name(case: Case[Any]) -> None:
    """Nor, in what clients are made of, for one of two names that must be there."""
    if not is_valid(case) or not isinstance(case.body, dict):
        return
    person: Any = case.body.get("user", case.body)
    is_asked = case.path.endswith(("/register/", "/profile/", "/verification/"))
    given = [person.get(name, "") for name in NAMES]
    if is_asked and person and not any(name.strip() for name in given):
        person |= dict.fromkeys(NAMES, "Ra")


def shown(value: Any) -> Any:
    match value:
        case dict():
            return {name: shown(each) for name, each in value.items()}
        case str() if value.strip() and not as_one_line(value):
            return "x"
        case _:
            return value


def name_a_day_ahead(case: Case[Any]) -> None:
    """A verification ends in the future, for which JSON Schema has no words."""
    if is_valid(case) and isinstance(case.body, dict) and "valid_until" in case.body:
        ahead = timezone.now() + timedelta(days=365)
        case.body = case.body | {"valid_until": ahead.isoformat()}


def end_access_in_the_future(case: Case[Any]) -> None:
    """JSON Schema has no words for "later than now", either."""
    if is_valid(case) and isinstance(case.body, dict) and case.body.get("expires_at"):
        case.body = case.body | {"expires_at": "2099-12-31T23:59:59Z"}


def name_each_type_once(case: Case[Any]) -> None:
    """Nor for items that differ in one field, and for what cannot be switched off."""
    if not is_valid(case) or not isinstance(case.body, dict):
        return
    wanted: Any = case.body.get("preferences")
    if wanted:
        by_type = {each["notification_type"]: each for each in wanted}
        kept = [each | {"in_app": True, "email": True} for each in by_type.values()]
        case.body = case.body | {"preferences": kept}


def is_valid(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def is_weak(password: str, body: dict[str, Any]) -> bool:
    names = ("username", "email", "first_name", "last_name")
    try:
        mine = {name: body[name] for name in names if name in body}
        validate_password(password, User(**mine))
    except ValidationError:
        return True
    return False


@as_nobody.parametrize()
@one_world
def test_strangers_meet_what_the_document_says(case: Case[Any], tokens: Any) -> None:
    try_out(case)


@as_patient.parametrize()
@one_world
def test_patients_meet_what_the_document_says(case: Case[Any], tokens: Any) -> None:
    try_out(case, tokens["patient"])


@as_doctor.parametrize()
@one_world
def test_doctors_meet_what_the_document_says(case: Case[Any], tokens: Any) -> None:
    try_out(case, tokens["doctor"])


@as_staff.parametrize()
@one_world
def test_staff_meet_what_the_document_says(case: Case[Any], tokens: Any) -> None:
    try_out(case, tokens["staff"])
