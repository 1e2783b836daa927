"""A stolen token, a stolen password or a mailbox alone takes no account over."""

from typing import Any

import jwt
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.links import reset_key
from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import key_id
from phr.care.models import DoctorProfile, PatientProfile
from phr.identity import sign_in
from tests.attacks.acting import (
    BEGIN_PASSKEY,
    CHANGE,
    CODES,
    CONFIRM_TOTP,
    NEW_PASSWORD,
    PASSKEYS,
    PROFILE,
    REFRESH,
    RESET,
    STEP_UP,
    TOTP,
    TWICE,
    holding,
    log_in,
    otp,
    session_of,
    stolen_token,
    with_app,
    with_passkey,
)
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.identity.authenticator import registered
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

EMAIL = {"user": {"email": "thief@example.org"}}
ANSWER = {"challenge": "x", "credential": registered()}
NEED_PROOF: list[tuple[str, str, Any]] = [
    ("patch", PROFILE, EMAIL),
    ("post", TOTP, {}),
    ("delete", TOTP, {}),
    ("post", CODES, {}),
    ("post", BEGIN_PASSKEY, {}),
    ("post", PASSKEYS, {"name": "Mine", **ANSWER}),
    ("delete", f"{PASSKEYS}00000000-0000-0000-0000-000000000000/", {}),
]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("method", "path", "body"), NEED_PROOF)
def test_a_stolen_token_changes_nothing_by_which_one_signs_in(
    alice: PatientProfile, method: str, path: str, body: Any
) -> None:
    thief = holding(stolen_token(alice.user))

    with nothing_written():
        problem_of(getattr(thief, method)(path, body), 403, "step_up_required")


def test_a_whole_profile_with_another_address_needs_proof_as_well(
    api: Api, alice: PatientProfile
) -> None:
    thief = holding(stolen_token(alice.user))
    person = thief.get(PROFILE).json()["user"]
    for name in ("id", "username", "user_type"):
        del person[name]

    with nothing_written():
        body = {"user": person | {"email": "thief@example.org"}}
        problem_of(thief.put(PROFILE, body), 403, "step_up_required")


def test_a_stolen_token_changes_no_password(alice: PatientProfile) -> None:
    thief = holding(stolen_token(alice.user))

    with nothing_written():
        guess = {"current_password": "wrong", **TWICE}
        problem_of(thief.post(CHANGE, guess), 403, "wrong_password")
        assert faults_of(thief.post(CHANGE, TWICE)) == {
            ("current_password", "required")
        }


def test_a_stolen_token_guesses_ten_passwords_and_no_more(
    alice: PatientProfile,
) -> None:
    """By changing it and by showing it once more together."""
    thief = holding(stolen_token(alice.user))
    for _attempt in range(5):
        thief.post(STEP_UP, {"password": "wrong"})
        thief.post(CHANGE, {"current_password": "wrong", **TWICE})

    right = {"current_password": PASSWORD, **TWICE}
    problem_of(thief.post(STEP_UP, {"password": PASSWORD}), 429, "too_many_requests")
    problem_of(thief.post(CHANGE, right), 429, "too_many_requests")


def test_a_stolen_token_guesses_thirty_codes_a_day_and_no_more(
    alice: PatientProfile,
) -> None:
    secret, codes = with_app(alice.user)
    thief = holding(stolen_token(alice.user))
    wrong = [{"otp": "x"}, {"recovery_code": "x"}]
    for attempt in range(30):
        refused = thief.post(STEP_UP, wrong[attempt % 2])
        problem_of(refused, 403, "wrong_code")

    for right in ({"otp": otp(secret)}, {"recovery_code": codes[0]}):
        problem_of(thief.post(STEP_UP, right), 429, "too_many_requests")


def test_refreshing_is_no_proof(alice: PatientProfile) -> None:
    tokens, session = session_of(alice.user)
    LoginSession.objects.filter(pk=session.pk).update(proved_at=None)

    newer = APIClient().post(REFRESH, {"refresh": tokens.refresh}).json()

    problem_of(holding(newer["access"]).post(TOTP), 403, "step_up_required")


def test_proof_in_one_session_is_none_in_another(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    thief = holding(stolen_token(alice.user))
    for user in (alice.user, carol.user):
        shown = holding(session_of(user)[0].access)
        assert shown.post(STEP_UP, {"password": PASSWORD}).status_code == 204

    problem_of(thief.post(TOTP), 403, "step_up_required")


def test_ones_own_code_is_no_proof_for_anothers_session(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    secret, codes = with_app(carol.user)
    thief = holding(stolen_token(alice.user))

    for proof in ({"otp": otp(secret)}, {"recovery_code": codes[0]}):
        problem_of(thief.post(STEP_UP, proof), 403, "wrong_code")
    problem_of(thief.post(TOTP), 403, "step_up_required")


@pytest.mark.parametrize("named", ["sub", "sid"])
def test_a_token_pointed_at_a_fresh_session_of_somebody_else_does_not_count(
    alice: PatientProfile, carol: PatientProfile, named: str
) -> None:
    """Signed rightly: even who could do that must name both."""
    token, session = stolen_token(alice.user), session_of(carol.user)[1]
    claims = jwt.decode(token, options={"verify_signature": False})
    claims[named] = str(session.user_id if named == "sub" else session.pk)
    key = django_settings.JWT_SIGNING_KEY
    forged = jwt.encode(claims, key, "HS256", headers={"kid": key_id(key)})

    problem_of(holding(forged).post(TOTP), 401, "invalid_token")


def test_a_set_up_that_the_owner_began_is_not_finished_by_a_thief(
    alice: PatientProfile,
) -> None:
    owner = holding(session_of(alice.user)[0].access)
    secret = owner.post(TOTP).json()["secret"]
    thief = holding(stolen_token(alice.user))

    answer = thief.post(CONFIRM_TOTP, {"otp": otp(secret)})

    problem_of(answer, 409, "setup_not_begun")


def test_a_password_that_was_changed_puts_the_thief_out(alice: PatientProfile) -> None:
    thief, owner = stolen_token(alice.user), holding(session_of(alice.user)[0].access)

    done = owner.post(CHANGE, {"current_password": PASSWORD, **TWICE})

    assert done.status_code == 204
    problem_of(holding(thief).get(PROFILE), 401, "invalid_token")
    assert owner.get(PROFILE).status_code == 200


@pytest.mark.parametrize("give", [with_app, with_passkey])
def test_a_second_factor_puts_out_who_came_with_the_password_alone(
    alice: PatientProfile, give: Any
) -> None:
    thief = session_of(alice.user)[0]

    give(alice.user)

    problem_of(holding(thief.access).get(PROFILE), 401, "invalid_token")
    answer = APIClient().post(REFRESH, {"refresh": thief.refresh})
    problem_of(answer, 401, "invalid_token")


def test_who_is_between_password_and_session_when_a_factor_comes_stays_out(
    alice: PatientProfile,
) -> None:
    proof = sign_in.Credentials("alice", PASSWORD)
    user, second_factor = sign_in.check_credentials(proof, at=timezone.now())
    with_app(alice.user)

    with pytest.raises(sign_in.MfaRequired):
        sign_in.start_session(user=user, at=timezone.now(), second_factor=second_factor)


def test_a_link_for_a_new_password_does_not_go_around_a_second_factor(
    alice: PatientProfile,
) -> None:
    with_app(alice.user)
    with_passkey(alice.user)
    key = reset_key(User.objects.get(pk=alice.user_id))

    answer = APIClient().post(RESET, {"key": key, **TWICE})

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.cookies == {}
    assert not LoginSession.objects.filter(revoked_at=None).exists()
    problem_of(log_in("alice", NEW_PASSWORD), 401, "mfa_required")
    wrong = log_in("alice", NEW_PASSWORD, otp="000000")
    problem_of(wrong, 401, "invalid_code")


def test_no_second_factor_is_asked_for_less_because_a_role_has_to_have_one(
    dr_bob: DoctorProfile, settings: Any
) -> None:
    """Until it is set up, the password opens nothing but setting it up."""
    settings.DOCTOR_MFA_REQUIRED = True
    weak = holding(session_of(dr_bob.user)[0].access)

    for path in ("/api/health-records/", PROFILE, "/api/auth/sessions/"):
        problem_of(weak.get(path), 403, "mfa_setup_required")
    body = {"current_password": PASSWORD, **TWICE}
    problem_of(weak.post(CHANGE, body), 403, "mfa_setup_required")
