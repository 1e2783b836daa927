"""A stolen access token ends in minutes; what is done with it must not stay for good.

Whatever would leave somebody a way in, take one away, hide what was done or hand
everything over asks for a password or a code of the last five minutes (ADR 42).
"""

from datetime import timedelta

import pytest

from tests.access.matrix import ROWS
from tests.access.sending import send
from tests.conftest import user_of
from tests.identity.steps import signed_in_since
from tests.problem_answers import problem_of
from tests.rows import nothing_written

SIX_MINUTES = timedelta(minutes=6)

ALWAYS = {
    "POST /api/care/grants/{grant_id}/accept/": "lets a doctor in",
    "POST /api/care/verification/": "staff verify what stands there",
    "POST /api/staff/doctors/{doctor_id}/verify/": "an accomplice would stay verified",
    "POST /api/care/emergency/": "opens records",
    "POST /api/auth/mfa/totp/": "a way in",
    "DELETE /api/auth/mfa/totp/": "takes a way in away",
    "POST /api/auth/mfa/recovery-codes/": "ways in, and takes others away",
    "POST /api/auth/mfa/passkeys/begin/": "a way in",
    "POST /api/auth/mfa/passkeys/": "a way in",
    "DELETE /api/auth/mfa/passkeys/{passkey_id}/": "takes a way in away",
    "DELETE /api/auth/sessions/{session_id}/": "puts the owner out (ASVS 7.5.2)",
    "POST /api/auth/logout-all/": "puts the owner out (ASVS 7.5.2)",
    "POST /api/account/export/": "hands everything over",
    "POST /api/account/delete/": "takes everything away",
}
# Depends on what is asked for: tests/attacks/test_stolen_tokens.py.
SOMETIMES = {
    "POST /api/care/grants/": "a patient lets a doctor in; a doctor only asks",
    "PATCH /api/care/grants/{grant_id}/": "more or longer; not less or shorter",
    "POST /api/auth/assign-doctor/": "at once; not if it waits for the patient",
    "PUT /api/auth/profile/": "by what one is found, reached, known and rescued",
    "PATCH /api/auth/profile/": "by what one is found, reached, known and rescued",
    "PATCH /api/notifications/preferences/": "telling less; not telling more",
}
BEFORE = "nobody is signed in yet; what is shown instead is the proof"
UNDONE = "versions of it are kept, and who made them"
NEVER = {
    "POST /api/auth/register/": BEFORE,
    "POST /api/auth/login/": BEFORE,
    "POST /api/auth/token/refresh/": "the refresh token is used up",
    "POST /api/auth/passkey/begin/": BEFORE,
    "POST /api/auth/passkey/": BEFORE,
    "POST /api/auth/password/forgot/": BEFORE,
    "POST /api/auth/password/reset/": "the link is the proof",
    "POST /api/auth/email/confirm/": "the link is the proof",
    "POST /api/auth/email/resend/": "goes to the address that the account has",
    "POST /api/auth/logout/": "ends the token",
    "POST /api/auth/step-up/": "is the proof",
    "POST /api/auth/password/change/": "asks for the password itself",
    "POST /api/auth/mfa/totp/confirm/": "only what was begun with proof, in minutes",
    "PATCH /api/auth/mfa/passkeys/{passkey_id}/": "a name that only its owner sees",
    "POST /api/care/grants/preview/": "writes nothing",
    "POST /api/care/grants/{grant_id}/decline/": "closes; it can be asked for again",
    "POST /api/care/grants/{grant_id}/end/": "closes, which must always be easy",
    "POST /api/account/delete/cancel/": "keeps what there is, and tells the owner",
    "POST /api/health-records/": UNDONE,
    "PUT /api/health-records/{record_id}/": UNDONE,
    "PATCH /api/health-records/{record_id}/": UNDONE,
    "DELETE /api/health-records/{record_id}/": "can be restored for thirty days",
    "POST /api/health-records/{record_id}/restore/": "undoes; opens it to nobody new",
    "POST /api/health-records/{record_id}/comments/": UNDONE,
    "PUT /api/health-records/{record_id}/comments/{comment_id}/": UNDONE,
    "PATCH /api/health-records/{record_id}/comments/{comment_id}/": UNDONE,
    "DELETE /api/health-records/{record_id}/comments/{comment_id}/": UNDONE,
    "POST /api/notifications/{notification_id}/read/": "the mail has left",
    "POST /api/notifications/mark-all-read/": "the mail has left",
    "POST /api/{anything_else}": "is nothing",
}


def act_of(row):
    return f"{row.method} {row.path.partition('?')[0]}"


WRITING = [row for row in ROWS if row.method != "GET" and not row.session]


def test_of_every_act_it_is_decided_whether_it_outlives_the_token():
    """Whoever adds an address says here which it is, and why."""
    decided = [*ALWAYS, *SOMETIMES, *NEVER]

    assert len(decided) == len(set(decided))
    assert {act_of(row) for row in WRITING} == set(decided)


def late(request, who):
    """A client of somebody whose proof is too old."""
    return signed_in_since(user_of(request.getfixturevalue(who)), SIX_MINUTES)


def who_gets_furthest(row):
    """Somebody whom the request comes nearest to succeeding for."""

    def distance(who):
        status = row.statuses[who]
        return (status in (401, 403), status == 404, status)

    return min(sorted(row.statuses.keys() - {"nobody"}), key=distance)


@pytest.mark.parametrize(
    "row", [row for row in WRITING if act_of(row) in ALWAYS], ids=lambda row: row.name
)
def test_what_outlives_a_token_asks_for_proof(request, scene, row):
    client = late(request, who_gets_furthest(row))

    with nothing_written():
        problem_of(send(client, row, scene), 403, "step_up_required")


@pytest.mark.parametrize(
    "row",
    [row for row in WRITING if act_of(row) in NEVER and row.statuses["nobody"] == 401],
    ids=lambda row: row.name,
)
def test_what_does_not_outlive_it_goes_on_without(request, scene, row):
    who = who_gets_furthest(row)

    assert send(late(request, who), row, scene).status_code == row.statuses[who]
