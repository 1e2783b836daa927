"""Limits on attempts, on a real Valkey, also when many come at once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.audit.models import AccessEntry, CountedRefusal
from phr.care.models import DoctorProfile, PatientProfile
from phr.core import redis_client
from phr.core.rate_limits import Limit
from phr.identity.sign_in import start_session
from tests.accounts.bodies import patient_body
from tests.at_once import all_at_once
from tests.broker import closed_address
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.identity.steps import set_up_app
from tests.problem_answers import problem_of
from tests.rows import nothing_written

LOGIN = "/api/auth/login/"
REGISTER = "/api/auth/register/"
REFRESH = "/api/auth/token/refresh/"
PROFILE = "/api/auth/profile/"
pytestmark = pytest.mark.django_db

QUARTER = 15 * 60  # seconds
DAY = 24 * 60 * 60


def log_in(
    username: str = "alice", password: str = "wrong", address: str = "203.0.113.7"
) -> Any:
    body = {"username": username, "password": password}
    return APIClient().post(LOGIN, body, REMOTE_ADDR=address)


def refuse_as_too_many(response: Any, *, at_most: int) -> None:
    problem_of(response, 429, "too_many_requests")
    assert 1 <= int(response.headers["Retry-After"]) <= at_most


def spent(name: str, times: int, window: int, key: str) -> None:
    """Use up a limit without making the requests."""
    limit = Limit(name, times, timedelta(seconds=window))
    for _attempt in range(times):
        limit.take(key)


def test_a_refusal_says_which_limit_it_is(alice: PatientProfile) -> None:
    spent("login:account", 10, QUARTER, str(alice.user.pk))

    refused = log_in()

    wait = refused.headers["Retry-After"]
    assert refused.headers["RateLimit-Policy"] == '"login:account";q=10;w=900'
    assert refused.headers["RateLimit"] == f'"login:account";r=0;t={wait}'


def test_after_ten_failures_even_the_right_password_waits(
    alice: PatientProfile,
) -> None:
    assert [log_in().status_code for _attempt in range(10)] == [401] * 10

    with nothing_written():
        refuse_as_too_many(log_in(password=PASSWORD), at_most=QUARTER)


def test_whoever_signs_in_rightly_all_the_time_has_to_wait_as_well(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    spent("sign-in:account", 99, QUARTER, str(alice.user.pk))
    assert log_in(password=PASSWORD).status_code == 200

    refuse_as_too_many(
        log_in(password=PASSWORD, address="198.51.100.1"), at_most=QUARTER
    )
    assert log_in("carol", PASSWORD).status_code == 200


def test_from_one_address_six_hundred_sign_ins_are_tried_right_ones_included(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    spent("sign-in:place", 599, QUARTER, "203.0.113.7")
    assert log_in(password=PASSWORD).status_code == 200

    refuse_as_too_many(log_in("carol", PASSWORD), at_most=QUARTER)
    assert log_in("carol", PASSWORD, address="203.0.113.8").status_code == 200


def test_who_has_only_the_password_uses_up_no_sign_ins_of_the_owner(
    api: Api, alice: PatientProfile
) -> None:
    _app, recovery_codes = set_up_app(api("alice"))
    spent("sign-in:account", 99, QUARTER, str(alice.user.pk))
    assert {log_in(password=PASSWORD).status_code for _ in range(3)} == {401}

    body = {"username": "alice", "password": PASSWORD}
    answer = APIClient().post(LOGIN, body | {"recovery_code": recovery_codes[0]})
    assert answer.status_code == 200


def test_failures_count_for_the_account_from_wherever_they_come(
    alice: PatientProfile,
) -> None:
    for number in range(10):
        log_in(address=f"203.0.113.{number}")

    refuse_as_too_many(
        log_in(password=PASSWORD, address="198.51.100.1"), at_most=QUARTER
    )


def test_username_and_email_count_together(alice: PatientProfile) -> None:
    names = ["alice", "ALICE", "alice@example.org", "Alice@example.org", "aLice"]
    for name in names * 2:
        assert log_in(name).status_code == 401

    for name in names:
        refuse_as_too_many(log_in(name, PASSWORD), at_most=QUARTER)


def test_an_unknown_name_is_counted_like_a_known_one() -> None:
    answers = [log_in("nobody_of_this_name") for _attempt in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


def test_the_same_unknown_name_in_another_case_counts_on() -> None:
    for name in ["unknown", "UNKNOWN"] * 5:
        log_in(name)

    assert log_in("Unknown").status_code == 429


def test_failures_of_one_account_do_not_lock_another(
    alice: PatientProfile, dr_dan: DoctorProfile
) -> None:
    for _attempt in range(10):
        log_in()

    assert log_in("dr_dan", PASSWORD).status_code == 200


def test_the_success_of_another_account_resets_nothing(
    alice: PatientProfile, dr_dan: DoctorProfile
) -> None:
    for _attempt in range(10):
        log_in()
        assert log_in("dr_dan", PASSWORD).status_code == 200

    assert log_in(password=PASSWORD).status_code == 429


def test_ones_own_success_leaves_the_earlier_failures_counted(
    alice: PatientProfile,
) -> None:
    for _attempt in range(9):
        log_in()
    assert log_in(password=PASSWORD).status_code == 200
    assert log_in().status_code == 401

    assert log_in(password=PASSWORD).status_code == 429


def test_successes_are_not_counted(alice: PatientProfile) -> None:
    answers = [log_in(password=PASSWORD) for _attempt in range(12)]

    assert {answer.status_code for answer in answers} == {200}


def test_waiting_attempts_do_not_prolong_the_wait(alice: PatientProfile) -> None:
    for _attempt in range(10):
        log_in()
    first = int(log_in().headers["Retry-After"])
    for _attempt in range(5):
        last = int(log_in().headers["Retry-After"])

    assert last <= first


def test_sixty_failures_from_one_address_are_enough() -> None:
    answers = [log_in(f"guess{number}") for number in range(61)]

    assert [answer.status_code for answer in answers] == [401] * 60 + [429]
    refuse_as_too_many(answers[-1], at_most=QUARTER)


def test_a_full_address_locks_no_other_address(alice: PatientProfile) -> None:
    spent("login:address", 60, QUARTER, "203.0.113.7")

    assert log_in(password=PASSWORD).status_code == 429
    assert log_in(password=PASSWORD, address="203.0.113.8").status_code == 200


def test_of_an_ipv6_address_the_network_of_64_bits_counts(
    alice: PatientProfile,
) -> None:
    for number in range(60):
        log_in(f"guess{number}", address=f"2001:db8:0:1::{number:x}")

    there, elsewhere = "2001:db8:0:1:ffff::1", "2001:db8:0:2::1"
    assert log_in(password=PASSWORD, address=there).status_code == 429
    assert log_in(password=PASSWORD, address=elsewhere).status_code == 200


def test_ipv4_clients_of_an_ipv6_socket_are_counted_one_by_one(
    alice: PatientProfile,
) -> None:
    spent("login:address", 60, QUARTER, "203.0.113.7")

    assert log_in(password=PASSWORD, address="::ffff:203.0.113.7").status_code == 429
    assert log_in(password=PASSWORD, address="::ffff:203.0.113.8").status_code == 200


def test_waiting_attempts_do_not_fill_the_ledger(alice: PatientProfile) -> None:
    for _attempt in range(15):
        log_in()

    assert AccessEntry.objects.filter(outcome="REFUSED").count() == 1
    assert CountedRefusal.objects.get().count == 9


def test_an_hour_has_sixty_registrations_for_one_address() -> None:
    spent("register:address", 59, 3600, "127.0.0.1")
    assert APIClient().post(REGISTER, patient_body()).status_code == 201

    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(username="another"))
        refuse_as_too_many(response, at_most=3600)

    elsewhere = APIClient().post(
        REGISTER, patient_body(username="another"), REMOTE_ADDR="203.0.113.7"
    )
    assert elsewhere.status_code == 201


def test_a_day_has_240_registrations_for_one_address() -> None:
    spent("register:address-a-day", 239, DAY, "127.0.0.1")
    assert APIClient().post(REGISTER, patient_body()).status_code == 201

    with nothing_written():
        response = APIClient().post(REGISTER, patient_body(username="another"))
        refuse_as_too_many(response, at_most=DAY)


def test_a_minute_has_120_refreshes_for_one_address(alice: PatientProfile) -> None:
    token = start_session(user=alice.user, at=timezone.now()).refresh
    answers = [APIClient().post(REFRESH, {"refresh": "x"}) for _attempt in range(120)]
    assert {answer.status_code for answer in answers} == {401}

    refuse_as_too_many(APIClient().post(REFRESH, {"refresh": "x"}), at_most=60)
    elsewhere = APIClient().post(REFRESH, {"refresh": "x"}, REMOTE_ADDR="203.0.113.7")
    assert elsewhere.status_code == 401

    holder = APIClient().post(REFRESH, {"refresh": token})
    assert holder.status_code == 200, "a neighbour's attempts shut nobody out"


def test_a_minute_has_120_refreshes_for_one_session(alice: PatientProfile) -> None:
    token = start_session(user=alice.user, at=timezone.now()).refresh
    for _attempt in range(120):
        token = APIClient().post(REFRESH, {"refresh": token}).json()["refresh"]

    with nothing_written():
        refuse_as_too_many(APIClient().post(REFRESH, {"refresh": token}), at_most=60)


@pytest.mark.django_db(transaction=True)
def test_of_forty_wrong_passwords_at_once_exactly_ten_are_tried(
    alice: PatientProfile,
) -> None:
    answers = all_at_once([log_in] * 40)

    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 30


@pytest.mark.django_db(transaction=True)
def test_of_thirty_names_at_once_from_one_address_only_sixty_in_all_are_tried() -> None:
    spent("login:address", 50, QUARTER, "203.0.113.7")
    guesses = [partial(log_in, f"guess{number}") for number in range(30)]

    answers = all_at_once(guesses)

    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20


def test_nobody_is_shut_out_of_the_session_they_hold(alice: PatientProfile) -> None:
    tokens = start_session(user=alice.user, at=timezone.now())
    for _attempt in range(20):
        log_in()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")

    assert log_in(password=PASSWORD).status_code == 429
    assert client.get(PROFILE).status_code == 200
    assert client.post(REFRESH, {"refresh": tokens.refresh}).status_code == 200


def test_the_counters_hold_no_name_and_no_address(alice: PatientProfile) -> None:
    log_in("somebody@example.org")
    log_in("alice")

    keys = str(redis_client.connection().keys("*"))
    assert "limit:login:account" in keys
    for secret in ("somebody", "alice", str(alice.user_id), "203.0.113"):
        assert secret not in keys


def test_every_counter_ends_by_itself(alice: PatientProfile) -> None:
    log_in()
    log_in(password=PASSWORD)

    keys = redis_client.connection().keys("limit:*")
    assert len(keys) == 6
    assert all(0 < redis_client.connection().ttl(key) <= DAY for key in keys)


@pytest.fixture
def valkey_away(settings: Settings) -> None:
    """The counters' server is gone: nothing listens at its address."""
    settings.REDIS_URL = closed_address()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("valkey_away")
def test_without_redis_people_get_in_and_guesses_stay_limited(
    alice: PatientProfile,
) -> None:
    assert log_in(password=PASSWORD).status_code == 200
    assert APIClient().post(REGISTER, patient_body()).status_code == 201
    assert [log_in().status_code for _ in range(10)] == [401] * 10

    refuse_as_too_many(log_in(password=PASSWORD), at_most=QUARTER)


def test_without_counters_those_who_are_in_work_on(
    api: Api, alice: PatientProfile, valkey_away: None
) -> None:
    client = api("alice")

    assert client.get(PROFILE).status_code == 200
    assert client.patch(PROFILE, {"allergies": "Pollen"}).status_code == 200
    assert client.get("/api/notifications/").status_code == 200
