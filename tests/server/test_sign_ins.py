"""For whom a sign-in counts, and who gets a turn when many sign in at once."""

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest

from phr.accounts.models import LoginSession, User
from phr.api import urls as api
from phr.care.models import PatientProfile
from phr.identity import known_devices
from server import request_sender
from server.asgi_messages import Refusal
from server.fair_share import Sender
from server.request_sender import sender_of_sign_in
from tests.server.entering import (
    CLIENT,
    Entering,
    key_of,
    request,
    sign_in,
    token_of,
    told,
)


@pytest.mark.django_db
def test_to_sign_in_counts_for_address_and_account_whatever_token_comes_with_it(
    session: LoginSession,
) -> None:
    token = f"Bearer {token_of(session)}"
    with_one = sender_of_sign_in(sign_in("bob", HTTP_AUTHORIZATION=token))

    assert with_one == sender_of_sign_in(sign_in(" BOB"))
    assert with_one == sender_of_sign_in(sign_in("bob", HTTP_COOKIE="sessionid=x"))
    assert with_one.key == with_one.client == CLIENT
    assert with_one.account != sender_of_sign_in(sign_in("carol")).account
    elsewhere = sender_of_sign_in(sign_in("bob", REMOTE_ADDR="198.51.100.1"))
    assert elsewhere.key == "198.51.100.1"


@pytest.mark.django_db
def test_the_form_for_browsers_names_its_account_as_well(session: LoginSession) -> None:
    form = {
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": BytesIO(b"csrfmiddlewaretoken=x&username=Bob&password=x"),
    }

    named = sender_of_sign_in(request("/sign-in/", "POST", **form)).account

    assert named == sender_of_sign_in(sign_in("bob")).account


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"username": 1}',
        b"\xff",
        b'{"username": "\xed"}',
        b'{"username": "bob", "password": "' + b"x" * 5_000 + b'"}',
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", ""])
def test_a_body_that_names_nobody_counts_for_its_address(
    body: bytes, kind: str
) -> None:
    given: dict[str, Any] = {"wsgi.input": BytesIO(body), "CONTENT_TYPE": kind}
    environ = sign_in("") | given

    assert sender_of_sign_in(environ) == Sender(CLIENT, CLIENT, None)


@pytest.mark.django_db
def test_the_password_of_somebody_signed_in_counts_for_their_account(
    session: LoginSession,
) -> None:
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token_of(session)}"}
    sender = sender_of_sign_in(request("/api/auth/step-up/", "POST", **bearer))

    assert sender == Sender(CLIENT, CLIENT, session.user_id)


@pytest.mark.django_db
def test_where_one_is_not_signed_in_yet_a_token_counts_for_nobody(
    session: LoginSession,
) -> None:
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token_of(session)}"}
    views: dict[str, Any] = {
        f"/api/{entry.pattern}": getattr(entry.callback, "view_class", None)
        for noun in api.urlpatterns
        for entry in getattr(noun, "url_patterns", [noun])
    }
    public = {
        path
        for path, view in views.items()
        if not view.authentication_classes and hasattr(view, "post")
    }

    assert public == request_sender.WITHOUT_TOKEN
    assert {key_of(request(path, "POST", **bearer)) for path in public} == {CLIENT}


@pytest.mark.django_db
def test_many_accounts_at_one_address_keep_nobody_from_signing_in(
    entering: Entering,
) -> None:
    """Seven accounts with sixteen connections each, and right passwords."""
    for number in range(112):
        with suppress(Refusal):
            entering.enter(sign_in(f"account{number % 7}"))
    for number in range(36):
        entering.enter(sign_in(f"other{number}"))
        entering.enter(sign_in(f"other{number}", REMOTE_ADDR=f"198.51.100.{number}"))

    assert entering.admission.sign_ins.queue.waiting == 100
    turned_away = entering.turned_away()
    assert {told(refusal)["code"] for refusal in turned_away} == {"unavailable"}
    assert {refusal.status for refusal in turned_away} == {503}
    seven = {sender_of_sign_in(sign_in(f"account{n}")).account for n in range(7)}
    line = entering.admission.sign_ins.queue.line
    waiting = {sender for share in line.values() for sender in share.waiting}
    assert len([one for one in waiting if one.account not in seven]) == 72


@pytest.mark.django_db
def test_the_tenth_of_a_clinic_behind_one_address_is_let_in(entering: Entering) -> None:
    for number in range(40):
        entering.enter(sign_in(f"doctor{number}"))

    assert entering.admission.sign_ins.queue.waiting == 40


def shown_by(user: User) -> dict[str, str]:
    return {"HTTP_COOKIE": f"a=b; device={known_devices.new_device(user)}"}


def test_a_device_that_an_account_has_signed_in_with_counts_for_itself(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    first, second = shown_by(alice.user), shown_by(alice.user)

    known = sender_of_sign_in(sign_in("alice", **first))
    assert known.is_known
    assert known == sender_of_sign_in(sign_in("alice", **second))
    assert known.key != sender_of_sign_in(sign_in("alice", **shown_by(carol.user))).key
    assert known.key != sender_of_sign_in(sign_in("alice")).key
    assert known.client == CLIENT


def test_one_cookie_is_one_sender_whatever_names_come_with_it(
    entering: Entering, alice: PatientProfile, carol: PatientProfile
) -> None:
    """From however many addresses: it neither fills the line nor displaces others."""
    shown = shown_by(carol.user)
    for number in range(50):
        entering.enter(sign_in("bob", REMOTE_ADDR=f"198.51.{number}.1"))
    for number in range(150):
        with suppress(Refusal):
            there = f"203.0.{number}.1"
            entering.enter(sign_in(f"name{number}", REMOTE_ADDR=there, **shown))

    assert entering.turned_away() == []
    assert entering.admission.sign_ins.queue.waiting == 50 + 32
    entering.enter(sign_in("alice", **shown_by(alice.user)))


@pytest.mark.parametrize("cookie", ["device=", "device=x.y.z", "device=a:b:c", "dev"])
def test_a_made_up_device_counts_for_its_address(cookie: str) -> None:
    named = sender_of_sign_in(sign_in("alice", HTTP_COOKIE=cookie))

    assert (named.key, named.is_known) == (CLIENT, False)


def test_strangers_from_150_addresses_do_not_keep_a_known_device_waiting(
    entering: Entering, alice: PatientProfile
) -> None:
    """In a full line of whom none has more than one, one of them gives way."""
    for number in range(150):
        with suppress(Refusal):
            stranger = f"198.51.{number}.1"
            entering.enter(sign_in(f"account{number}", REMOTE_ADDR=stranger))
    entering.enter(sign_in("alice", **shown_by(alice.user)))

    line = entering.admission.sign_ins.queue
    assert len(entering.turned_away()) == 1
    taken = [line.take(at=0)]
    assert taken[0]
    line.finish(taken[0].sender.key, seconds=0.1, at=0)
    taken.append(line.take(at=0))
    assert [job for job in taken if job and job.sender.is_known]
