"""Staff, and doctors where a server says so, need a second factor for everything."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from phr.identity.sign_in import start_session
from tests.access import conftest as access
from tests.access.matrix import ROWS
from tests.access.sending import send
from tests.attacks.acting import CONFIRM_TOTP, STEP_UP, TOTP, otp
from tests.conftest import user_of
from tests.factories import PASSWORD
from tests.identity.account_steps import PROFILE, log_in
from tests.problem_answers import problem_of
from tests.rows import all_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scene")]
whole_scene, scene = access.whole_scene, access.scene
alice, carol, dr_bob = access.alice, access.carol, access.dr_bob
sam = access.sam
emergency_access = access._emergency_access

LOGOUT = "/api/auth/logout/"
OPEN = ("/api/auth/mfa/", STEP_UP, LOGOUT)
SIGNED_IN = [row for row in ROWS if row.statuses["nobody"] == 401]
CLOSED = [row for row in SIGNED_IN if not row.path.startswith(OPEN)]
SETTING = {"dr_bob": "DOCTOR_MFA_REQUIRED", "sam": "STAFF_MFA_REQUIRED"}
WHO = sorted(SETTING)


def by_password_alone(user):
    """A session begun by a password, as of somebody who has set nothing up."""
    client = APIClient()
    access_token = start_session(user=user, at=timezone.now()).access
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token}")
    return client


@pytest.fixture
def required(settings):
    """Both roles need a second factor."""
    for name in SETTING.values():
        setattr(settings, name, True)


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("who", WHO)
def test_without_one_every_route_answers_that_it_is_missing(scene, sam, request, who):
    client, wrong = by_password_alone(user_of(request.getfixturevalue(who))), []
    before = all_rows()

    for row in CLOSED:
        answer = send(client, row, scene)
        # What the role may not do at all is refused for that, as ever.
        codes = {"mfa_setup_required"}
        if row.statuses[who] == 403:
            codes.add("not_allowed")
        if answer.status_code != 403 or answer.json()["code"] not in codes:
            wrong.append((row.name, answer.status_code, answer.content))

    assert wrong == []
    assert all_rows() == before
    assert len(CLOSED) > 60


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize(
    "row", [r for r in SIGNED_IN if r not in CLOSED], ids=lambda row: row.name
)
@pytest.mark.parametrize("who", WHO)
def test_what_sets_it_up_is_open_and_so_is_the_way_out(scene, sam, request, who, row):
    client = by_password_alone(user_of(request.getfixturevalue(who)))

    answer = send(client, row, scene)

    assert "mfa_setup_required" not in answer.content.decode()
    assert answer.status_code == row.statuses[who], answer.content


@pytest.mark.usefixtures("required")
def test_patients_need_none(scene, carol):
    user = carol.user

    for row in CLOSED:
        answer = send(by_password_alone(user), row, scene)
        assert "mfa_setup_required" not in answer.getvalue().decode(), row.name
        user.refresh_from_db()


@pytest.mark.parametrize(("who", "other"), [WHO, WHO[::-1]])
def test_each_role_has_its_own_setting(dr_bob, sam, settings, request, who, other):
    setattr(settings, SETTING[who], True)
    setattr(settings, SETTING[other], False)
    bound, free = (user_of(request.getfixturevalue(name)) for name in (who, other))

    problem_of(by_password_alone(bound).get(PROFILE), 403, "mfa_setup_required")
    assert by_password_alone(free).get(PROFILE).status_code == 200


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("who", WHO)
def test_once_it_is_set_up_all_is_open(scene, sam, request, who):
    user = user_of(request.getfixturevalue(who))
    client = by_password_alone(user)
    assert client.get("/api/auth/mfa/").json()["required"] is True

    secret = client.post(TOTP).json()["secret"]
    problem_of(client.get(PROFILE), 403, "mfa_setup_required")
    assert client.post(CONFIRM_TOTP, {"otp": otp(secret, -1)}).status_code == 200

    for row in CLOSED:
        if row.method == "GET":
            answer = send(client, row, scene)
            assert answer.status_code == row.statuses[who], row.name
    problem_of(log_in(user.username), 401, "mfa_required")
    again = log_in(user.username, PASSWORD, otp=otp(secret))
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {again.json()['tokens']['access']}")
    assert client.get(PROFILE).status_code == 200


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("who", WHO)
def test_the_last_factor_of_such_a_role_stays(dr_bob, sam, request, who):
    client = by_password_alone(user_of(request.getfixturevalue(who)))
    secret = client.post(TOTP).json()["secret"]
    client.post(CONFIRM_TOTP, {"otp": otp(secret)})

    problem_of(client.delete(TOTP), 409, "factor_needed")


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("who", WHO)
def test_a_session_begun_before_the_rule_is_bound_by_it(
    dr_bob, sam, settings, request, who
):
    setattr(settings, SETTING[who], False)
    client = by_password_alone(user_of(request.getfixturevalue(who)))
    assert client.get(PROFILE).status_code == 200

    setattr(settings, SETTING[who], True)

    problem_of(client.get(PROFILE), 403, "mfa_setup_required")
    assert client.post(LOGOUT).status_code == 204
