"""By a password alone, who needs a second factor gets to nothing but its set-up."""

import pytest

from tests.access.matrix import ROWS
from tests.access.sending import send
from tests.accounts.steps import MFA, STEP_UP, by_password_alone
from tests.conftest import user_of

LOGOUT = "/api/auth/logout/"
OPEN = (MFA, STEP_UP, LOGOUT)
ROLES = ["dr_bob", "sam"]

CLOSED = [
    pytest.param(row, who, id=f"{who}: {row.name}")
    for row in ROWS
    for who in ROLES
    if row.path.startswith("/api/")
    and row.statuses["nobody"] == 401
    and not row.path.startswith(OPEN)
]
STILL_OPEN = [
    pytest.param(row, who, id=f"{who}: {row.name}")
    for row in ROWS
    for who in ROLES
    if row.path.startswith(OPEN)
]


@pytest.fixture(autouse=True)
def _needed(settings):
    settings.STAFF_MFA_REQUIRED = settings.DOCTOR_MFA_REQUIRED = True


@pytest.fixture
def weak(request):
    """A client of one of the roles, signed in with a password alone."""

    def client_of(who):
        return by_password_alone(user_of(request.getfixturevalue(who)))

    return client_of


def test_the_table_has_routes_of_both_kinds():
    assert len(CLOSED) > 60
    assert len(STILL_OPEN) > 15


@pytest.mark.usefixtures("sam")
@pytest.mark.parametrize(("row", "who"), CLOSED)
def test_by_a_password_alone_nothing_else_opens(scene, weak, row, who):
    answer = send(weak(who), row, scene)

    code = answer.json()["code"]
    assert answer.status_code == 403, answer.content
    # Whose role has no business there hears that first.
    assert code == "mfa_setup_required" or row.statuses[who] == 403


@pytest.mark.usefixtures("sam")
@pytest.mark.parametrize(("row", "who"), STILL_OPEN)
def test_what_leads_to_a_second_factor_is_open(scene, weak, row, who):
    answer = send(weak(who), row, scene)

    assert answer.status_code == row.statuses[who], answer.content
