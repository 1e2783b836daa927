"""A request whose answer was lost is sent again with its key, and does no more."""

from typing import Any

import pytest

from tests.access.matrix import PEOPLE, ROWS, Row
from tests.access.sending import send
from tests.rows import all_rows

TAKE_A_KEY = {
    "POST /api/health-records/",
    "POST /api/health-records/{record_id}/comments/",
    "POST /api/health-records/{record_id}/restore/",
    "POST /api/care/grants/",
    "POST /api/care/grants/{grant_id}/accept/",
    "POST /api/care/grants/{grant_id}/decline/",
    "POST /api/care/grants/{grant_id}/end/",
    "POST /api/auth/assign-doctor/",
    "POST /api/care/emergency/",
    "POST /api/care/verification/",
    "POST /api/staff/doctors/{doctor_id}/verify/",
    "POST /api/account/export/",
}
SECRETS = "the answer holds what is shown once, and is kept nowhere"
NOBODY_YET = "there is nobody yet whose key it could be"
SAME_AGAIN = "a second time changes nothing"
NO_EFFECT = "writes nothing that could be there twice"
DO_WITHOUT = {
    "POST /api/auth/register/": NOBODY_YET,
    "POST /api/auth/login/": NOBODY_YET,
    "POST /api/auth/token/refresh/": "gives the same answer for ten seconds",
    "POST /api/auth/passkey/begin/": NOBODY_YET,
    "POST /api/auth/passkey/": NOBODY_YET,
    "POST /api/auth/password/forgot/": NOBODY_YET,
    "POST /api/auth/password/reset/": NOBODY_YET,
    "POST /api/auth/email/confirm/": NOBODY_YET,
    "POST /api/auth/email/resend/": "limited, and a mail that came twice says the same",
    "POST /api/auth/logout/": SAME_AGAIN,
    "POST /api/auth/logout-all/": SAME_AGAIN,
    "POST /api/auth/step-up/": SAME_AGAIN,
    "POST /api/auth/password/change/": "the old password is not valid any more",
    "POST /api/auth/mfa/totp/": SECRETS,
    "POST /api/auth/mfa/totp/confirm/": SECRETS,
    "POST /api/auth/mfa/recovery-codes/": SECRETS,
    "POST /api/auth/mfa/passkeys/begin/": NO_EFFECT,
    "POST /api/auth/mfa/passkeys/": "what was begun is used up",
    "POST /api/care/grants/preview/": NO_EFFECT,
    "POST /api/account/delete/": SAME_AGAIN,
    "POST /api/account/delete/cancel/": SAME_AGAIN,
    "POST /api/notifications/mark-all-read/": SAME_AGAIN,
    "POST /api/notifications/{notification_id}/read/": SAME_AGAIN,
    "POST /api/{anything_else}": "is nothing",
}


def name_of(value: Row | str) -> str:
    return value if isinstance(value, str) else value.name


def act_of(row: Row) -> str:
    return f"{row.method} {row.path}"


DONE = [
    (row, who)
    for row in ROWS
    for who in PEOPLE
    if act_of(row) in TAKE_A_KEY and row.statuses[who] < 300
]


def test_it_is_decided_for_every_request_that_is_not_repeatable_by_itself():
    posts = {act_of(row) for row in ROWS if row.method == "POST" and not row.session}
    assert posts == TAKE_A_KEY | DO_WITHOUT.keys()
    assert {act_of(row) for row, _ in DONE} == TAKE_A_KEY


@pytest.mark.parametrize(("row", "who"), DONE, ids=name_of)
def test_what_is_sent_again_with_its_key_is_done_once(scene, api, row, who):
    client = with_key(api(who))
    first = send(client, row, scene)
    after_one = all_rows()

    again = send(client, row, scene)

    assert first.status_code == again.status_code == row.statuses[who]
    assert again.content == first.content
    assert again.headers.get("Location") == first.headers.get("Location")
    assert all_rows() == after_one


def with_key(client: Any, key: str = "0198c0aa-3f1c-7d08-a1b6-e4c97d250f11") -> Any:
    client.defaults["HTTP_IDEMPOTENCY_KEY"] = key
    return client


# Of each request one person who is refused: the matrix itself has them all.
REFUSED = [
    next((row, who) for who in PEOPLE if row.statuses[who] >= 400)
    for row in ROWS
    if act_of(row) in TAKE_A_KEY
]


@pytest.mark.parametrize(("row", "who"), REFUSED, ids=name_of)
def test_a_key_changes_nothing_of_a_refusal(scene, api, row, who):
    before = all_rows()
    plain = send(api(who), row, scene)

    response = send(with_key(api(who)), row, scene)

    assert response.status_code == plain.status_code == row.statuses[who]
    assert all_rows() == before


def test_the_document_says_which_requests_take_a_key(documented: Any) -> None:
    assert documented == TAKE_A_KEY


@pytest.fixture
def documented(api: Any, scene: Any) -> set[str]:
    schema = api("nobody").get("/api/schema/", headers={"Accept": "application/json"})
    paths: dict[str, Any] = schema.json()["paths"]
    return {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    }
