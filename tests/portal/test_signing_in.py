"""Signing in with a browser: in one step or two, by a passkey, and what refuses it."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from phr.accounts.browser_sessions import MOST_SESSIONS
from phr.accounts.models import User
from phr.core.models import OutboxEvent
from phr.identity.sign_in import SESSIONS_A_DAY
from tests.factories import PASSWORD
from tests.identity.authenticator import SoftAuthenticator
from tests.identity.passkey_steps import add, answer_to_login
from tests.identity.steps import App, set_up_app
from tests.rows import nothing_written
from tests.signing_in import half_on

SIGN_IN, CODE, PASSKEY = "/sign-in/", "/sign-in/code/", "/sign-in/passkey/"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.1"
NEW_PLACE = "accounts.browser_signed_in_from_new_place"
pytestmark = pytest.mark.django_db


def sign_in(
    name: str = "alice",
    password: str = PASSWORD,
    client: Client | None = None,
    **more: Any,
) -> Any:
    body = {"username": name, "password": password, "next": more.pop("next", "")}
    return (client or Client()).post(SIGN_IN, body, **more)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.fixture
def app(api: Any) -> tuple[App, list[str]]:
    """Alice's authenticator app, and her recovery codes."""
    return set_up_app(api("alice"))


def test_name_and_password_sign_in(alice):
    client = Client()

    done = sign_in(client=client)

    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert is_in(client)


def test_the_address_does_as_well_as_the_name(alice):
    assert sign_in(alice.user.email).status_code == 302


@pytest.mark.parametrize("name", ["alice", "nobody.of.this.name"])
def test_a_wrong_password_and_an_unknown_name_hear_the_same(alice, name):
    refused = sign_in(name, "wrong")

    assert refused.status_code == 401
    page = refused.content.decode()
    assert "The username or password is wrong" in page
    assert "wrong&quot;" not in page
    assert 'value="wrong"' not in page  # a password never comes back


def test_the_code_is_asked_for_once_the_password_is_right(alice, app):
    assert b'name="code"' not in sign_in("alice", "wrong").content
    client = Client()

    asked = sign_in(client=client, next="/records/")

    page = asked.content.decode()
    assert asked.status_code == 200
    assert 'name="code"' in page
    assert PASSWORD not in page
    assert not is_in(client)
    body = {"half": half_on(asked), "code": app[0].code(steps=1), "next": "/records/"}
    done = client.post(CODE, body)
    assert (done.status_code, done.headers["Location"]) == (302, "/records/")
    assert is_in(client)


def test_a_recovery_code_stands_in_for_the_app_once(alice, app):
    _, codes = app
    for expected in (302, 401):
        client = Client()
        half = half_on(sign_in(client=client))
        done = client.post(CODE, {"half": half, "code": codes[0].upper()})
        assert done.status_code == expected


def test_a_wrong_code_can_be_mended(alice, app):
    client = Client()
    half = half_on(sign_in(client=client))

    refused = client.post(CODE, {"half": half, "code": app[0].wrong_code()})

    assert refused.status_code == 401
    assert not is_in(client)
    body = {"half": half_on(refused), "code": app[0].code(steps=1)}
    assert client.post(CODE, body).status_code == 302


def test_ten_wrong_codes_are_enough(alice, app):
    client = Client()
    half = half_on(sign_in(client=client))
    body = {"half": half, "code": app[0].wrong_code()}

    answers = [client.post(CODE, body).status_code for _ in range(12)]

    assert answers == [401] * 10 + [429] * 2


@pytest.mark.parametrize("half", ["", "x", "a.b:c:d", "\0", "x" * 300])
def test_a_code_without_the_first_half_opens_nothing(alice, app, half):
    client = Client()

    refused = client.post(CODE, {"half": half, "code": app[0].code()})

    assert refused.status_code in (400, 401)
    assert not is_in(client)


def test_a_new_password_makes_the_first_half_worthless(alice, app):
    client = Client()
    half = half_on(sign_in(client=client))
    alice.user.set_password("another long sentence 8")
    alice.user.save()

    refused = client.post(CODE, {"half": half, "code": app[0].code()})

    assert refused.status_code == 401
    assert "That took too long" in refused.content.decode()


def test_who_is_blocked_between_the_halves_stays_out(alice, app):
    client = Client()
    half = half_on(sign_in(client=client))
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    assert client.post(CODE, {"half": half, "code": app[0].code()}).status_code == 401


def test_a_passkey_alone_signs_in(alice, api):
    authenticator = SoftAuthenticator()
    assert add(api("alice"), authenticator).status_code == 201
    client = Client()

    done = client.post(PASSKEY, as_form(answer_to_login(authenticator), "/records/"))

    assert (done.status_code, done.headers["Location"]) == (302, "/records/")
    assert is_in(client)
    assert client.session["second_factor"]


def as_form(answer: dict[str, Any], back: str = "") -> dict[str, str]:
    credential = json.dumps(answer["credential"])
    return {"challenge": answer["challenge"], "credential": credential, "next": back}


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "{}",
        "[]",
        "null",
        '"x"',
        "{",
        "[" * 50_000,
        '{"response": 5}',
        "\0",
        "x" * 99_999,
    ],
)
def test_what_is_no_passkey_is_refused_in_words(alice, credential):
    refused = Client().post(PASSKEY, {"challenge": "x", "credential": credential})

    assert refused.status_code == 400
    assert "The passkey did not answer." in refused.content.decode()


def test_a_passkey_that_nobody_has_signs_nobody_in(alice, api):
    stranger = SoftAuthenticator()
    add(api("alice"), stranger)
    api("alice").delete(f"/api/auth/mfa/passkeys/{passkey_of(alice.user)}/")

    refused = Client().post(PASSKEY, as_form(answer_to_login(stranger)))

    assert refused.status_code == 401
    assert "This passkey is not valid for signing in" in refused.content.decode()


def passkey_of(user: User) -> str:
    return str(Authenticator.objects.get(user=user, type="webauthn").data["id"])


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\tjavascript:alert(1)",
        "https://testserver@evil.example/",
    ],
)
def test_nobody_is_sent_elsewhere(alice, back):
    assert sign_in(next=back).headers["Location"] == "/"


def test_a_session_that_somebody_else_has_planted_is_not_taken_over(alice):
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = str(planted)

    sign_in(client=client)

    assert client.session.session_key != planted
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_sign_in_from_a_new_place_is_told_of(alice, deliver):
    sign_in(REMOTE_ADDR=HOME)
    sign_in(REMOTE_ADDR=HOME)
    assert not OutboxEvent.objects.filter(kind=NEW_PLACE).exists()

    sign_in(REMOTE_ADDR=ELSEWHERE)

    assert OutboxEvent.objects.filter(kind=NEW_PLACE).count() == 1
    deliver()
    (told,) = alice.user.notifications.values_list("title", flat=True)
    assert told == "Sign-in from a new place"


def test_a_place_is_known_by_a_sign_in_and_not_by_a_cookie_that_came_there(alice):
    """Neither does a thief of it make theirs known, nor is home forgotten."""
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client=client, REMOTE_ADDR=HOME)
        clock.shift(timedelta(minutes=2))
        assert client.get("/account/", REMOTE_ADDR=ELSEWHERE).status_code == 200

        sign_in(REMOTE_ADDR=HOME)
        assert not OutboxEvent.objects.filter(kind=NEW_PLACE).exists()
        sign_in(REMOTE_ADDR=ELSEWHERE)

    assert OutboxEvent.objects.filter(kind=NEW_PLACE).count() == 1


def test_a_place_known_to_the_browser_is_known_to_the_api_and_the_other_way(alice, api):
    sign_in(REMOTE_ADDR=HOME)
    body = {"username": "alice", "password": PASSWORD}

    api("nobody").post("/api/auth/login/", body, REMOTE_ADDR=ELSEWHERE)
    sign_in(REMOTE_ADDR=ELSEWHERE)

    kinds = OutboxEvent.objects.filter(kind__contains="from_new_place")
    assert [row.kind for row in kinds] == ["accounts.signed_in_from_new_place"]


def test_of_very_many_browsers_the_one_unused_for_longest_is_signed_out(alice):
    first, second = Client(), Client()
    sign_in(client=first)
    sign_in(client=second)
    template = UserSession.objects.latest("pk")
    for number in range(MOST_SESSIONS - 2):
        another_session(template, number)
    assert is_in(first)

    sign_in()

    assert not is_in(first)
    assert is_in(second)


def another_session(template: UserSession, number: int) -> None:
    row = Session.objects.get(session_key=template.session_key)
    key = f"{number:032}"
    Session.objects.create(
        session_key=key, session_data=row.session_data, expire_date=row.expire_date
    )
    UserSession.objects.create(session_key=key, user=template.user, ip=HOME)


def test_a_thousand_sessions_a_day_are_enough(alice):
    key = str(alice.user_id)
    SESSIONS_A_DAY.take(key, SESSIONS_A_DAY.times)

    refused = sign_in()

    assert refused.status_code == 429
    assert "Please wait" in refused.content.decode()
    SESSIONS_A_DAY.give_back(key, SESSIONS_A_DAY.times)


def test_ten_wrong_passwords_lock_the_form_as_they_lock_the_api(alice, api):
    answers = [sign_in("alice", "wrong").status_code for _ in range(11)]

    assert answers == [401] * 10 + [429]
    body = {"username": "alice", "password": PASSWORD}
    assert api("nobody").post("/api/auth/login/", body).status_code == 429


def test_who_is_blocked_or_has_a_new_password_is_out_with_the_next_request(alice):
    client, other = Client(), Client()
    sign_in(client=client)
    alice.user.set_password("another long sentence 8")
    alice.user.save()
    assert not is_in(client)
    sign_in("alice", "another long sentence 8", client=other)
    assert is_in(other)

    User.objects.filter(pk=alice.user_id).update(is_active=False)

    assert not is_in(other)


def test_a_second_factor_set_up_elsewhere_ends_browsers_without_one(alice, api):
    client = Client()
    sign_in(client=client)
    assert is_in(client)

    set_up_app(api("alice"))

    assert not is_in(client)


def test_signing_out_ends_the_session_and_has_the_browser_forget(alice):
    client = Client()
    sign_in(client=client)
    stolen = Client()
    stolen.cookies["sessionid"] = str(client.session.session_key)

    out = client.post("/sign-out/")

    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)
    assert not is_in(stolen)


def test_a_visit_of_the_form_writes_nothing(alice):
    with nothing_written():
        for path in (
            SIGN_IN,
            "/sign-up/",
            "/forgot-password/",
            "/account/confirm-email/",
        ):
            assert Client().get(path).status_code == 200
