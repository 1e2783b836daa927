"""Guesses count for the account and for the place: strangers lock nobody out."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession
from phr.identity.guess_limits import PLACE_IS_KNOWN_FOR
from phr.identity.known_devices import DEVICE_IS_KNOWN_FOR, new_device
from phr.identity.sign_in import start_session
from tests.at_once import all_at_once
from tests.factories import PASSWORD
from tests.identity.steps import STEP_UP, client_with, set_up_app
from tests.problem_answers import problem_of

LOGIN = "/api/auth/login/"
HOME, ELSEWHERE, THIRD = "203.0.113.7", "198.51.100.1", "192.0.2.200"
pytestmark = pytest.mark.django_db


def log_in(
    password: str = "wrong", address: str = ELSEWHERE, name: str = "alice", **codes: str
) -> Any:
    body = {"username": name, "password": password} | codes
    return APIClient().post(LOGIN, body, REMOTE_ADDR=address)


def fail(times: int, address: str = ELSEWHERE, name: str = "alice") -> list[int]:
    return [log_in(address=address, name=name).status_code for _ in range(times)]


@pytest.fixture
def at_home(alice):
    """Alice, who has signed in from home before."""
    assert log_in(PASSWORD, HOME).status_code == 200
    return alice


def test_a_stranger_does_not_lock_the_owner_out(at_home):
    assert fail(12) == [401] * 10 + [429] * 2

    assert log_in(PASSWORD, HOME).status_code == 200
    problem_of(log_in(PASSWORD), 429, "too_many_requests")


def test_neither_do_many_strangers(at_home):
    for number in range(30):
        fail(1, f"198.51.100.{number}")

    assert log_in(PASSWORD, HOME).status_code == 200


def test_of_many_addresses_ten_guesses_are_tried(at_home):
    answers = [fail(1, f"198.51.100.{number}")[0] for number in range(30)]

    assert answers == [401] * 10 + [429] * 20


def test_at_a_known_place_ten_guesses_are_enough_too(at_home):
    fail(10, HOME)

    problem_of(log_in(PASSWORD, HOME), 429, "too_many_requests")


def test_after_strangers_have_guessed_ten_guesses_are_left_at_a_known_place(at_home):
    fail(10)
    fail(10, HOME)

    problem_of(log_in(PASSWORD, HOME), 429, "too_many_requests")


@pytest.mark.django_db(transaction=True)
def test_of_forty_guesses_at_once_from_a_known_place_a_right_one_has_ten_chances(
    at_home,
):
    fail(10)

    answers = all_at_once([lambda: log_in(address=HOME)] * 40)

    assert {answer.status_code for answer in answers} == {429}
    problem_of(log_in(PASSWORD, HOME), 429, "too_many_requests")


def test_a_place_is_known_to_its_own_account_only(at_home, carol):
    fail(10, name="carol")

    problem_of(log_in(PASSWORD, HOME, "carol"), 429, "too_many_requests")


def test_a_place_is_forgotten_when_nobody_has_been_there_for_long(at_home):
    long_ago = timezone.now() - PLACE_IS_KNOWN_FOR - timedelta(minutes=1)
    LoginSession.objects.update(last_used_at=long_ago)
    fail(10)

    problem_of(log_in(PASSWORD, HOME), 429, "too_many_requests")


def test_an_ipv6_client_is_known_by_its_network(alice):
    assert log_in(PASSWORD, "2001:db8:0:1::5").status_code == 200
    fail(10)

    assert log_in(PASSWORD, "2001:db8:0:1:ffff::9").status_code == 200
    problem_of(log_in(PASSWORD, "2001:db8:0:2::5"), 429, "too_many_requests")


STEPS = [(ELSEWHERE, 6), (HOME, 3), (THIRD, 3), (HOME, 12), (ELSEWHERE, 2)]


def test_wrong_guesses_do_not_tell_who_has_an_account_or_from_where(at_home):
    """Whatever strangers try, also at home: as for a name that is nobody's."""

    def seen(name: str) -> list[Any]:
        answers = [
            log_in(address=place, name=name)
            for place, times in STEPS
            for _ in range(times)
        ]
        return [
            (answer.status_code, answer.json()["code"], answer.get("RateLimit-Policy"))
            for answer in answers
        ]

    assert seen("alice") == seen("nobody_of_this_name")


def with_device(client: APIClient, password: str, address: str = HOME) -> Any:
    body = {"username": "alice", "password": password}
    return client.post(LOGIN, body, REMOTE_ADDR=address)


@pytest.fixture
def device(alice):
    """A client that keeps cookies, and has signed in before."""
    client = APIClient()
    assert with_device(client, PASSWORD).status_code == 200
    return client


def test_behind_one_address_a_device_is_told_from_a_stranger(device):
    fail(12, HOME)

    problem_of(log_in(PASSWORD, HOME), 429, "too_many_requests")
    assert with_device(device, PASSWORD).status_code == 200
    assert with_device(device, PASSWORD, THIRD).status_code == 200


def test_a_device_is_let_in_where_an_address_has_failed_too_often(device):
    for number in range(60):
        fail(1, HOME, f"guess{number}")

    problem_of(log_in(PASSWORD, HOME), 429, "too_many_requests")
    assert with_device(device, PASSWORD).status_code == 200


def test_with_a_device_ten_guesses_are_enough(device):
    for _ in range(10):
        with_device(device, "wrong")

    problem_of(with_device(device, PASSWORD), 429, "too_many_requests")


def test_a_device_opens_nothing_by_itself(device):
    assert device.get("/api/auth/profile/").status_code == 401
    problem_of(with_device(device, "wrong"), 401, "invalid_credentials")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(device):
    cookie = device.cookies["device"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert cookie["max-age"] == DEVICE_IS_KNOWN_FOR.total_seconds()
    assert "alice" not in cookie.value


def test_no_cookie_is_set_by_what_fails(alice):
    assert not log_in().cookies
    assert not log_in(name="nobody_of_this_name").cookies


def forged(alice, carol):
    value = signing.TimestampSigner(salt="another").sign(f"{alice.user_id.hex}.x")
    yield from (value, new_device(carol.user), "", "x", "a:b:c", "é" * 5)


def test_a_device_of_somebody_else_or_of_nobody_counts_as_a_stranger(alice, carol):
    for shown in forged(alice, carol):
        client = APIClient()
        client.cookies["device"] = shown
        for _ in range(2):
            with_device(client, "wrong", ELSEWHERE)

    client.cookies["device"] = new_device(carol.user)
    problem_of(with_device(client, PASSWORD), 429, "too_many_requests")


def step_up(client: APIClient, address: str, **shown: str) -> Any:
    return client.post(STEP_UP, shown, REMOTE_ADDR=address)


def test_a_thief_of_a_token_does_not_use_up_the_owners_step_up(at_home):
    token = start_session(user=at_home.user, at=timezone.now()).access
    for _ in range(12):
        step_up(client_with(token), ELSEWHERE, password="wrong")

    thief = step_up(client_with(token), ELSEWHERE, password=PASSWORD)
    problem_of(thief, 429, "too_many_requests")
    owner = step_up(client_with(token), HOME, password=PASSWORD)
    assert owner.status_code == 204


def test_who_knows_the_password_does_not_use_up_the_owners_codes(at_home, api):
    app, codes = set_up_app(api("alice"))
    for _ in range(31):
        log_in(PASSWORD, otp=app.wrong_code(), address=ELSEWHERE)
        step_up(api("alice"), ELSEWHERE, otp=app.wrong_code())

    problem_of(
        step_up(api("alice"), ELSEWHERE, recovery_code=codes[0]),
        429,
        "too_many_requests",
    )
    owner = log_in(PASSWORD, HOME, recovery_code=codes[0])
    assert owner.status_code == 200
