"""Signing in with codes: each counts once, and wrong ones are counted."""

import random
from base64 import b32decode
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.audit.models import CountedRefusal
from phr.core.encryption import encrypt
from phr.identity.recovery_codes import new_recovery_code
from tests.at_once import all_at_once
from tests.identity.steps import (
    CODES,
    MFA,
    STEP_UP,
    TOTP,
    by_password_alone,
    client_with,
    events_of,
    is_in,
    lines_of,
    log_in,
    set_up_app,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def app_and_codes(api, alice):
    """Alice's app, set up with the code of the present step, and recovery codes."""
    return set_up_app(api("alice"))


@pytest.fixture
def app(app_and_codes):
    return app_and_codes[0]


@pytest.fixture
def codes(app_and_codes):
    return app_and_codes[1]


def test_the_right_password_is_asked_for_a_code(app):
    with nothing_written():
        problem_of(log_in(), 401, "mfa_required")


def test_a_wrong_password_does_not_hear_of_the_second_factor(app):
    problem_of(log_in(password="wrong"), 401, "invalid_credentials")
    problem_of(
        log_in(password="wrong", otp=app.code(steps=1)), 401, "invalid_credentials"
    )


def test_a_wrong_password_uses_no_code_up(app, codes):
    otp = app.code(steps=1)
    log_in(password="wrong", otp=otp)
    log_in(password="wrong", recovery_code=codes[0])

    assert log_in(otp=otp).status_code == 200
    assert log_in(recovery_code=codes[0]).status_code == 200


def test_password_and_code_begin_a_strong_session(app):
    answer = log_in(otp=app.code(steps=1))

    assert answer.status_code == 200
    assert is_in(client_with(answer.json()["tokens"]["access"]))
    assert LoginSession.objects.latest("created_at").second_factor


def test_a_code_where_no_factor_is_set_up_makes_no_session_strong(alice):
    answer = log_in(otp="123456")

    assert answer.status_code == 200
    assert not LoginSession.objects.get().second_factor


def test_otp_and_recovery_code_together_are_bad_input(app, codes):
    with nothing_written():
        answer = log_in(otp=app.code(steps=1), recovery_code=codes[0])

    assert faults_of(answer) == {("recovery_code", "one_of_two")}


def test_the_code_of_the_set_up_does_not_sign_in(api, alice):
    with time_machine.travel(timezone.now(), tick=False):
        app, _ = set_up_app(api("alice"))

        problem_of(log_in(otp=app.code()), 401, "invalid_code")
        problem_of(log_in(otp=app.code(steps=-1)), 401, "invalid_code")


def test_a_code_counts_once(app):
    otp = app.code(steps=1)

    assert log_in(otp=otp).status_code == 200
    with nothing_written():
        problem_of(log_in(otp=otp), 401, "invalid_code")


def test_after_a_code_no_earlier_one_counts(api, alice):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        app, _ = set_up_app(api("alice"))
    with time_machine.travel(now + 4 * HALF_A_MINUTE, tick=False):
        assert log_in(otp=app.code(steps=1)).status_code == 200
        problem_of(log_in(otp=app.code()), 401, "invalid_code")
        problem_of(log_in(otp=app.code(steps=-1)), 401, "invalid_code")


@pytest.mark.parametrize(
    ("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)]
)
def test_a_clock_may_be_off_by_one_step(api, alice, steps, status):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        app, _ = set_up_app(api("alice"))
    with time_machine.travel(now + 5 * HALF_A_MINUTE, tick=False):
        assert log_in(otp=app.code(steps=steps)).status_code == status


@pytest.mark.django_db(transaction=True)
def test_of_one_code_in_eight_requests_at_once_one_signs_in(app):
    answers = all_at_once([partial(log_in, otp=app.code(steps=1))] * 8)

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


@pytest.mark.django_db(transaction=True)
def test_of_one_recovery_code_in_eight_requests_at_once_one_signs_in(codes):
    answers = all_at_once([partial(log_in, recovery_code=codes[0])] * 8)

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert len(Authenticator.objects.get(type="recovery_codes").data["hashes"]) == 9


def test_a_recovery_code_counts_once_and_its_owner_is_told(api, alice, codes):
    assert log_in(recovery_code=codes[3]).status_code == 200

    problem_of(log_in(recovery_code=codes[3]), 401, "invalid_code")
    assert api("alice").get(MFA).json()["recovery_codes"]["left"] == 9
    told = events_of("accounts.recovery_code_used")
    assert told == [{"user_id": str(alice.user_id)}]
    assert log_in(recovery_code=codes[4]).status_code == 200


def test_a_recovery_code_is_no_otp_and_an_otp_no_recovery_code(app, codes):
    problem_of(log_in(recovery_code=app.code(steps=1)), 401, "invalid_code")
    assert faults_of(log_in(otp=codes[0])) == {("otp", "max_length")}


def test_a_code_of_somebody_elses_app_does_not_count(api, app, carol):
    others, other_codes = set_up_app(api("carol"))

    problem_of(log_in(otp=others.code(steps=1)), 401, "invalid_code")
    problem_of(log_in(recovery_code=other_codes[0]), 401, "invalid_code")


def test_a_blocked_account_is_not_asked_for_a_code(app, alice):
    otp = app.code(steps=1)
    alice.user.is_active = False
    alice.user.save()

    problem_of(log_in(), 401, "invalid_credentials")
    problem_of(log_in(otp=otp), 401, "invalid_credentials")


def test_wrong_codes_are_counted_and_entered_in_the_ledger(app, alice):
    for _ in range(10):
        problem_of(log_in(otp=app.wrong_code()), 401, "invalid_code")

    problem_of(log_in(otp=app.code(steps=1)), 429, "too_many_requests")
    refused = [outcome for _, outcome in lines_of("accounts.signed_in")]
    assert refused.count("REFUSED") == 1
    assert CountedRefusal.objects.get().count == 9


def test_thirty_wrong_codes_a_day_are_enough_wherever_they_are_given(api, app, codes):
    client = api("alice")
    for number in range(30):
        wrong = {"otp": app.wrong_code()} if number % 2 else {"recovery_code": "x"}
        problem_of(client.post(STEP_UP, wrong), 403, "wrong_code")

    answer = log_in(recovery_code=codes[0])

    problem_of(answer, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 23 * 60 * 60


def test_being_asked_for_a_code_counts_as_no_failure(app):
    for _ in range(12):
        problem_of(log_in(), 401, "mfa_required")

    assert log_in(otp=app.code(steps=1)).status_code == 200


@pytest.mark.parametrize("make", [new_recovery_code, generate_totp_secret])
def test_codes_and_secrets_are_160_random_bits(make):
    """Of the operating system: by no seed are they the same again."""
    again = []
    for _ in range(2):
        random.seed(7)
        again.append({make() for _ in range(1_000)})

    assert len(again[0] | again[1]) == 2_000
    for text in again[0]:
        assert len(b32decode(text.replace("-", "").upper())) == 20


def test_an_app_gets_a_secret_that_no_seed_makes_again(api, alice, carol):
    secrets = []
    for who in ("alice", "carol"):
        random.seed(7)
        secrets.append(api(who).post(TOTP).json()["secret"])

    assert secrets[0] != secrets[1]


def test_the_rows_hold_neither_secret_nor_codes(app, codes):
    rows = str(list(Authenticator.objects.values("data")))

    assert app.secret not in rows
    for code in codes:
        assert code not in rows
        assert code.replace("-", "") not in rows
    assert len(Authenticator.objects.get(type="recovery_codes").data["hashes"]) == 10


def test_a_secret_that_was_moved_to_another_account_does_not_work(api, app, carol):
    others, _ = set_up_app(api("carol"))
    stolen = Authenticator.objects.get(type="totp", user=carol.user)
    Authenticator.objects.filter(type="totp").exclude(pk=stolen.pk).update(
        data=stolen.data
    )

    with nothing_written():
        answer = log_in(otp=others.code(steps=1))

    problem_of(answer, 401, "invalid_code")


def test_a_secret_under_a_previous_key_still_works(app, settings):
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, "another key" * 5
    settings.ENCRYPTION_PREVIOUS_KEYS = []
    otp = app.code(steps=1)
    problem_of(log_in(otp=otp), 401, "invalid_code")

    settings.ENCRYPTION_PREVIOUS_KEYS = ["one of no use" * 3, old]

    assert log_in(otp=otp).status_code == 200


def test_without_the_key_recovery_codes_still_sign_in(app, codes, settings):
    settings.ENCRYPTION_KEY = "another key" * 5

    assert log_in(recovery_code=codes[0]).status_code == 200


def test_a_secret_that_belongs_to_something_else_does_not_work(app):
    totp = Authenticator.objects.get(type="totp")
    totp.data["secret"] = encrypt(app.secret, belongs_to="totp:somebody")
    totp.save()

    problem_of(log_in(otp=app.code(steps=1)), 401, "invalid_code")


def test_new_recovery_codes_replace_the_old_ones(api, alice, codes):
    made = api("alice").post(CODES)

    new = made.json()["recovery_codes"]
    assert made.status_code == 201
    assert len(set(new)) == 10
    assert not set(new) & set(codes)
    problem_of(log_in(recovery_code=codes[0]), 401, "invalid_code")
    assert log_in(recovery_code=new[0]).status_code == 200
    assert (alice.user_id, "ALLOWED") in lines_of("accounts.recovery_codes_made")


def test_recovery_codes_come_after_a_factor(alice):
    client = by_password_alone(alice.user)

    with nothing_written():
        answer = client.post(CODES)

    problem_of(answer, 409, "no_second_factor")


def test_ten_new_sets_of_recovery_codes_a_day_are_enough(api, app):
    client = api("alice")

    statuses = [client.post(CODES).status_code for _ in range(11)]

    assert statuses == [201] * 10 + [429]
