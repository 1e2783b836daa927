"""Setting an authenticator app up, and taking it off again."""

import re
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from phr.accounts.models import LoginSession, User
from phr.core import redis_client
from phr.identity.sign_in import MfaRequired, start_session
from tests.at_once import all_at_once
from tests.identity.steps import (
    CODES,
    CONFIRM,
    MFA,
    TOTP,
    App,
    by_password_alone,
    events_of,
    is_in,
    lines_of,
    log_in,
    set_up_app,
    signed_in_since,
)
from tests.problem_answers import problem_of
from tests.rows import nothing_written
from tests.waiting import started_and_waiting


def test_the_code_to_scan_is_on_white_so_that_it_is_read_on_a_dark_page(api, alice):
    picture = api("alice").post(TOTP).json()["qr_svg"]

    (drawing,) = re.findall(r"<svg [^>]*>(.*)</svg>", picture, re.DOTALL)
    background, code = re.findall(r"<(rect|path) ([^>]*)/>", drawing)
    assert background == ("rect", 'width="100%" height="100%" fill="#fff"')
    assert code[0] == "path"


def test_an_app_is_set_up_by_its_first_code(api, alice):
    client = api("alice")

    begun = client.post(TOTP)
    app = App(begun.json()["secret"])
    before = client.get(MFA).json()
    confirmed = client.post(CONFIRM, {"otp": app.code()})

    assert begun.status_code == 200
    assert begun.json()["otpauth_url"].startswith("otpauth://totp/")
    assert app.secret in begun.json()["otpauth_url"]
    assert before["totp"] is None
    assert confirmed.status_code == 200
    assert len(set(confirmed.json()["recovery_codes"])) == 10
    after = client.get(MFA).json()
    assert after["totp"]["created_at"]
    assert after["recovery_codes"]["left"] == 10
    assert after["required"] is False
    assert events_of("accounts.totp_added") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.totp_added") == [(alice.user_id, "ALLOWED")]


def test_the_recovery_codes_are_shown_once(api, alice):
    client = api("alice")
    _, codes = set_up_app(client)

    shown = client.get(MFA).content.decode()

    assert not any(code in shown for code in codes)


def test_setting_up_needs_a_proof_of_the_last_five_minutes(alice):
    late = signed_in_since(alice.user, timedelta(minutes=5, seconds=1))
    early = signed_in_since(alice.user, timedelta(minutes=4))

    with nothing_written():
        problem_of(late.post(TOTP), 403, "step_up_required")
    assert early.post(TOTP).status_code == 200


def test_what_was_begun_waits_for_ten_minutes_and_in_its_own_session(api, alice):
    first, second = api("alice"), api("alice")
    app = App(first.post(TOTP).json()["secret"])

    (key,) = redis_client.connection().keys("pending:totp:*")
    assert 590 < redis_client.connection().ttl(key) <= 600
    problem_of(second.post(CONFIRM, {"otp": app.code()}), 409, "setup_not_begun")
    redis_client.connection().delete(key)
    problem_of(first.post(CONFIRM, {"otp": app.code()}), 409, "setup_not_begun")
    assert not Authenticator.objects.exists()


def test_what_waits_holds_no_secret(api, alice):
    secret = api("alice").post(TOTP).json()["secret"]

    (key,) = redis_client.connection().keys("pending:totp:*")

    kept = redis_client.connection().get(key)
    assert isinstance(kept, bytes)
    assert secret.encode() not in kept


def test_beginning_again_forgets_the_first_secret(api, alice):
    client = api("alice")
    first = App(client.post(TOTP).json()["secret"])
    second = App(client.post(TOTP).json()["secret"])

    problem_of(client.post(CONFIRM, {"otp": first.code()}), 403, "wrong_code")
    assert client.post(CONFIRM, {"otp": second.code()}).status_code == 200


def test_a_wrong_first_code_switches_nothing_on(api, alice):
    client = api("alice")
    app = App(client.post(TOTP).json()["secret"])

    with nothing_written():
        problem_of(client.post(CONFIRM, {"otp": app.wrong_code()}), 403, "wrong_code")
    assert client.post(CONFIRM, {"otp": app.code()}).status_code == 200


def test_thirty_wrong_first_codes_are_enough(api, alice):
    client = api("alice")
    app = App(client.post(TOTP).json()["secret"])
    for _ in range(30):
        assert client.post(CONFIRM, {"otp": app.wrong_code()}).status_code == 403

    refused = client.post(CONFIRM, {"otp": app.code()})

    problem_of(refused, 429, "too_many_requests")


def test_an_account_has_one_app(api, alice):
    client = api("alice")
    set_up_app(client)

    with nothing_written():
        problem_of(client.post(TOTP), 409, "totp_in_use")


def test_a_set_up_that_was_finished_is_not_finished_again(api, alice):
    client = api("alice")
    app, _ = set_up_app(client)

    again = client.post(CONFIRM, {"otp": app.code(steps=1)})

    problem_of(again, 409, "setup_not_begun")


def test_an_app_begun_in_two_sessions_is_set_up_in_one(api, alice):
    first, second = api("alice"), api("alice")
    begun = App(first.post(TOTP).json()["secret"])
    other = App(second.post(TOTP).json()["secret"])
    assert first.post(CONFIRM, {"otp": begun.code()}).status_code == 200

    with nothing_written():
        problem_of(second.post(CONFIRM, {"otp": other.code()}), 409, "totp_in_use")


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_once_one_counts(api, alice):
    client = api("alice")
    app = App(client.post(TOTP).json()["secret"])
    confirm = partial(client.post, CONFIRM, {"otp": app.code()})

    answers = all_at_once([confirm] * 2)

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_sessions_by_password_alone_end_with_the_first_factor(api, alice):
    weak, other_weak, strong = (
        by_password_alone(alice.user),
        by_password_alone(alice.user),
        api("alice"),
    )

    set_up_app(weak)

    assert is_in(weak)
    assert not is_in(other_weak)
    assert is_in(strong)
    assert all(
        LoginSession.objects.filter(revoked_at=None).values_list(
            "second_factor", flat=True
        )
    )


def test_removing_the_app_leaves_a_password_alone(api, alice):
    client = api("alice")
    set_up_app(client)

    assert client.delete(TOTP).status_code == 204

    assert log_in().status_code == 200
    assert not Authenticator.objects.exists(), "codes that recover nothing"
    assert not LoginSession.objects.filter(second_factor=True).exists()
    assert events_of("accounts.totp_removed") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.totp_removed") == [(alice.user_id, "ALLOWED")]
    problem_of(client.delete(TOTP), 404, "not_found")


def test_removing_needs_recent_proof(api, alice):
    set_up_app(api("alice"))
    late = signed_in_since(alice.user, timedelta(minutes=6))

    with nothing_written():
        problem_of(late.delete(TOTP), 403, "step_up_required")
        problem_of(late.post(CODES), 403, "step_up_required")


def test_nobody_takes_anothers_app_off(api, alice, carol):
    set_up_app(api("alice"))
    carols = api("carol")

    with nothing_written():
        problem_of(carols.delete(TOTP), 404, "not_found")


@pytest.mark.parametrize(
    ("who", "setting"),
    [("dr_bob", "DOCTOR_MFA_REQUIRED"), ("sam", "STAFF_MFA_REQUIRED")],
)
def test_whose_role_needs_a_factor_keeps_the_last_one(
    api, dr_bob, sam, settings, who, setting
):
    setattr(settings, setting, True)
    client = api(who)
    set_up_app(client)

    assert client.get(MFA).json()["required"] is True
    with nothing_written():
        problem_of(client.delete(TOTP), 409, "factor_needed")


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_by_password_alone_does_not_slip_past_the_set_up(alice):
    """It has seen an account without a second factor, and begins its session later."""
    client = by_password_alone(alice.user)
    app = App(client.post(TOTP).json()["secret"])

    with transaction.atomic():
        User.objects.select_for_update().get(pk=alice.user_id)
        sign_in = started_and_waiting(log_in)
        assert client.post(CONFIRM, {"otp": app.code()}).status_code == 200

    problem_of(sign_in.result(), 401, "mfa_required")
    assert LoginSession.objects.filter(revoked_at=None).count() == 1


def test_no_session_begins_by_password_alone_where_there_is_a_factor(api, alice):
    set_up_app(api("alice"))

    with nothing_written(), pytest.raises(MfaRequired):
        start_session(user=alice.user, at=timezone.now())
