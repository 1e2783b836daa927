"""The server keeps what the document says, whatever a client makes of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from hypothesis import settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth

from phr.accounts.models import User
from phr.accounts.names import NAMES
from phr.api.openapi.examples import cast
from phr.core import redis_client
from phr.core.single_line import as_one_line
from phr.identity.sign_in import start_session
from tests.openapi.fuzzing import Turn, each_case_of, turns
from tests.openapi.world import populate
from tests.worlds import kept_for_a_module

CAST = cast()
pytestmark = pytest.mark.django_db


@pytest.fixture(params=turns(), ids=str)
def turn(request: pytest.FixtureRequest) -> Turn:
    """One operation, and who asks for it."""
    given: Turn = request.param
    return given


# Many requests on few rows take as long as they take.
one_world = settings(deadline=None)


@pytest.fixture(autouse=True)
def _connections_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in Django's test client: a request must not close the test's transaction."""
    monkeypatch.setattr(
        BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _: None
    )


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Ids of users in the world of the examples, by role."""
    with kept_for_a_module(django_db_blocker, populate) as people:
        yield {role: user.pk for role, user in people.items()}


@pytest.fixture
def tokens(people: dict[str, Any], turn: Turn, db: None) -> dict[str, str]:
    """An access token for each who asks; strangers have none."""
    now = timezone.now()
    users = {role: User.objects.get(pk=people[role]) for role in turn.asked_as}
    return {
        role: start_session(user=user, at=now, second_factor=True).access
        for role, user in users.items()
    } or {"nobody": ""}


def try_out(case: Case[Any], tokens: dict[str, str], refusing: set[str]) -> None:
    """Run all checks on one request of each, and take back what it has changed.

    Thus each meets the same world: ids exist, nobody is signed out, no name is taken.

    :param refusing: those as whom this operation was seen to refuse a request without
        a token, or with a wrong one. It need not be asked again for each example.
    """
    name_a_day_ahead(case)
    keep_unwritten_rules(case)
    show_something(case)
    keep_a_name(case)
    end_access_in_the_future(case)
    name_each_type_once(case)
    match_any_state(case)
    live_somewhere(case)
    for role, token in tokens.items():
        redis_client.connection().flushdb()
        with transaction.atomic():
            try:
                ask(case, role, token, refusing)
            except Exception as failure:
                failure.add_note(f"asked as {role}")
                raise
            transaction.set_rollback(True)


def ask(case: Case[Any], role: str, token: str, refusing: set[str]) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    is_seen_to_refuse = [ignored_auth] if role in refusing else []
    answer = case.call_and_validate(headers=headers, excluded_checks=is_seen_to_refuse)
    if token and is_valid(case) and 200 <= answer.status_code < 300:
        refusing.add(role)


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


def match_any_state(case: Case[Any]) -> None:
    """A tag that nothing has is rightly a 412 (tests/retries)."""
    if is_valid(case) and case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"


def live_somewhere(case: Case[Any]) -> None:
    """Nor for names of time zones, of which new versions of their list have more."""
    if not is_valid(case) or not isinstance(case.body, dict):
        return
    person: Any = case.body.get("user", case.body)
    if isinstance(person, dict) and person.get("time_zone"):
        person["time_zone"] = "Europe/Berlin"


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


def test_everybody_meets_what_the_document_says(
    turn: Turn, tokens: dict[str, str]
) -> None:
    refusing: set[str] = set()

    @one_world
    def tried(case: Case[Any]) -> None:
        try_out(case, tokens, refusing)

    each_case_of(turn, tried)()
