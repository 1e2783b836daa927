"""Staff and doctors set up a second factor first, where their role needs one."""

import pytest

from tests.accounts.authenticator import SoftAuthenticator
from tests.accounts.passkey_steps import add, sign_in_with
from tests.accounts.steps import (
    MFA,
    PROFILE,
    REFRESH,
    STEP_UP,
    TOTP,
    by_password_alone,
    client_with,
    log_in,
    set_up_app,
)
from tests.conftest import user_of
from tests.factories import PASSWORD
from tests.problem_answers import problem_of

ROLES = ["dr_bob", "sam"]


@pytest.fixture(autouse=True)
def _needed(settings):
    settings.STAFF_MFA_REQUIRED = settings.DOCTOR_MFA_REQUIRED = True


@pytest.fixture
def weak(request):
    """A client of one of the roles, signed in with a password alone."""

    def client_of(who):
        return by_password_alone(user_of(request.getfixturevalue(who)))

    return client_of


@pytest.mark.parametrize("who", ROLES)
def test_once_it_is_set_up_all_is_open(request, weak, who):
    request.getfixturevalue(who)
    client = weak(who)
    problem_of(client.get(PROFILE), 403, "mfa_setup_required")
    assert client.get(MFA).json()["required"] is True

    app, _ = set_up_app(client)

    assert client.get(PROFILE).status_code == 200
    problem_of(log_in(who), 401, "mfa_required")
    tokens = log_in(who, otp=app.code(steps=1)).json()["tokens"]
    assert client_with(tokens["access"]).get(PROFILE).status_code == 200


@pytest.mark.parametrize("who", ROLES)
def test_a_passkey_is_a_second_factor(request, weak, who):
    request.getfixturevalue(who)
    client, phone = weak(who), SoftAuthenticator()

    add(client, phone)

    assert client.get(PROFILE).status_code == 200
    tokens = sign_in_with(phone).json()["tokens"]
    assert client_with(tokens["access"]).get(PROFILE).status_code == 200


def test_refreshing_makes_no_session_stronger(api, dr_bob):
    tokens = log_in("dr_bob").json()["tokens"]
    fresh = api("nobody").post(REFRESH, {"refresh": tokens["refresh"]}).json()

    answer = client_with(fresh["access"]).get(PROFILE)

    problem_of(answer, 403, "mfa_setup_required")


def test_nor_does_showing_the_password_again(dr_bob):
    client = by_password_alone(dr_bob.user)

    assert client.post(STEP_UP, {"password": PASSWORD}).status_code == 204

    problem_of(client.get(PROFILE), 403, "mfa_setup_required")


def test_patients_need_none(alice):
    client = by_password_alone(alice.user)

    assert client.get(PROFILE).status_code == 200
    assert client.get(MFA).json()["required"] is False


@pytest.mark.parametrize(
    ("setting", "who"),
    [("STAFF_MFA_REQUIRED", "sam"), ("DOCTOR_MFA_REQUIRED", "dr_bob")],
)
def test_each_role_has_its_own_setting(request, settings, weak, setting, who):
    setattr(settings, setting, False)
    (other,) = set(ROLES) - {who}
    for each in ROLES:
        request.getfixturevalue(each)

    assert weak(who).get(PROFILE).status_code == 200
    problem_of(weak(other).get(PROFILE), 403, "mfa_setup_required")


def test_a_session_from_before_the_factor_was_taken_off_is_weak(dr_bob, settings):
    settings.DOCTOR_MFA_REQUIRED = False
    client = by_password_alone(dr_bob.user)
    set_up_app(client)
    assert client.delete(TOTP).status_code == 204

    settings.DOCTOR_MFA_REQUIRED = True

    problem_of(client.get(PROFILE), 403, "mfa_setup_required")
