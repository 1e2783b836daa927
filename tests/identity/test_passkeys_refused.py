"""What no passkey gets past: each ceremony once, rightly signed, for its purpose."""

from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession
from phr.core import redis_client
from phr.core.ids import uuid7
from tests.at_once import all_at_once
from tests.identity.authenticator import SoftAuthenticator, decoded, encoded
from tests.identity.passkey_steps import (
    ADD,
    BEGIN,
    BEGIN_LOGIN,
    LOGIN,
    add,
    answer_to_add,
    answer_to_login,
)
from tests.identity.steps import lines_of
from tests.problem_answers import problem_of
from tests.rows import nothing_written

PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]


@pytest.fixture
def phone(api, alice):
    authenticator = SoftAuthenticator()
    assert add(api("alice"), authenticator).status_code == 201
    return authenticator


def log_in_with(body):
    return APIClient().post(LOGIN, body)


def refused_to_add(client, body):
    with nothing_written():
        problem_of(client.post(ADD, body), 403, "passkey_refused")


def refused_to_sign_in(body, code="unknown_passkey"):
    with nothing_written():
        status = 401 if code == "unknown_passkey" else 403
        problem_of(log_in_with(body), status, code)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "http://records.example.org", "https://example.org"],
)
def test_a_page_of_another_origin_gets_nothing(api, alice, phone, origin):
    client, new = api("alice"), SoftAuthenticator(origin=origin)
    refused_to_add(client, answer_to_add(client, new))

    phone.origin = origin
    refused_to_sign_in(answer_to_login(phone))


def test_a_passkey_for_another_server_is_refused(api, alice, phone):
    client, new = api("alice"), SoftAuthenticator()
    begun = client.post(BEGIN).json()
    begun["options"]["rp"]["id"] = "example.org"
    refused_to_add(
        client,
        {
            "challenge": begun["challenge"],
            "name": "x",
            "credential": new.register(begun["options"]),
        },
    )

    begun = APIClient().post(BEGIN_LOGIN).json()
    begun["options"]["rpId"] = "example.org"
    answer = phone.sign_in(begun["options"])
    refused_to_sign_in({"challenge": begun["challenge"], "credential": answer})


def test_an_answer_to_another_challenge_is_refused(api, alice, phone):
    client = api("alice")
    first, second = (answer_to_add(client, SoftAuthenticator()) for _ in range(2))
    refused_to_add(client, first | {"challenge": second["challenge"]})

    first, second = answer_to_login(phone), answer_to_login(phone)
    refused_to_sign_in(first | {"challenge": second["challenge"]})


def test_a_passkey_that_does_not_verify_its_user_is_refused(api, alice, phone):
    client = api("alice")
    careless = SoftAuthenticator(verifies_user=False)
    refused_to_add(client, answer_to_add(client, careless))

    phone.verifies_user = False
    refused_to_sign_in(answer_to_login(phone))


def test_a_ceremony_is_finished_once(api, alice, phone):
    client = api("alice")
    body = answer_to_add(client, SoftAuthenticator())
    assert client.post(ADD, body).status_code == 201
    refused_to_add(client, body)

    body = answer_to_login(phone)
    assert log_in_with(body).status_code == 200
    refused_to_sign_in(body, "passkey_refused")


def test_a_ceremony_is_tried_once(api, alice, phone):
    right = answer_to_login(phone)
    wrong = right | {"credential": answer_to_login(phone)["credential"]}

    refused_to_sign_in(wrong)
    refused_to_sign_in(right, "passkey_refused")


@pytest.mark.django_db(transaction=True)
def test_of_eight_answers_at_once_one_signs_in(phone):
    answers = all_at_once([partial(log_in_with, answer_to_login(phone))] * 8)

    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 7


@pytest.mark.django_db(transaction=True)
def test_of_four_answers_at_once_one_adds_the_passkey(api, alice):
    client = api("alice")
    body = answer_to_add(client, SoftAuthenticator())

    answers = all_at_once([partial(client.post, ADD, body)] * 4)

    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_what_was_begun_in_another_session_is_refused(api, alice, carol):
    first, second, carols = api("alice"), api("alice"), api("carol")

    refused_to_add(second, answer_to_add(first, SoftAuthenticator()))
    refused_to_add(carols, answer_to_add(first, SoftAuthenticator()))


def test_what_was_begun_to_sign_in_adds_nothing(api, alice):
    client, new = api("alice"), SoftAuthenticator()
    challenge = APIClient().post(BEGIN_LOGIN).json()
    options = client.post(BEGIN).json()["options"]
    options["challenge"] = challenge["options"]["challenge"]
    body = {"name": "x", "credential": new.register(options)}

    refused_to_add(client, body | {"challenge": challenge["challenge"]})


def test_what_was_begun_to_add_signs_nobody_in(api, alice, phone):
    begun = api("alice").post(BEGIN).json()
    options = {"rpId": "records.example.org"}
    options["challenge"] = begun["options"]["challenge"]
    answer = phone.sign_in(options)

    refused_to_sign_in(
        {"challenge": begun["challenge"], "credential": answer}, "passkey_refused"
    )


def test_after_its_five_minutes_a_ceremony_is_gone(api, alice, phone):
    client = api("alice")
    to_add, to_sign_in = (
        answer_to_add(client, SoftAuthenticator()),
        answer_to_login(phone),
    )
    redis_client.connection().flushdb()

    refused_to_add(client, to_add)
    refused_to_sign_in(to_sign_in, "passkey_refused")


def test_what_was_signed_by_another_key_is_refused(phone):
    phone.key = SoftAuthenticator().key

    refused_to_sign_in(answer_to_login(phone))
    assert lines_of("accounts.signed_in") == [(None, "REFUSED")]


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_one_changed_byte_is_seen(phone, part):
    body = answer_to_login(phone)
    response = body["credential"]["response"]
    changed = bytearray(decoded(response[part]))
    changed[-1] ^= 1
    response[part] = encoded(bytes(changed))

    refused_to_sign_in(body)


def test_an_unknown_passkey_signs_nobody_in(db, alice):
    stranger = SoftAuthenticator(user_handle=str(alice.user_id).encode())
    refused_to_sign_in(answer_to_login(stranger))

    stranger.user_handle = str(uuid7()).encode()
    refused_to_sign_in(answer_to_login(stranger))


def test_a_blocked_account_is_answered_like_an_unknown_passkey(alice, phone):
    before = LoginSession.objects.count()
    alice.user.is_active = False
    alice.user.save()

    refused_to_sign_in(answer_to_login(phone))

    assert LoginSession.objects.count() == before
    assert lines_of("accounts.signed_in") == [(None, "REFUSED")]


def test_a_passkey_is_added_once(api, alice):
    client, phone = api("alice"), SoftAuthenticator()
    for _ in range(2):
        begun = client.post(BEGIN).json()
        body = {
            "challenge": begun["challenge"],
            "name": "Phone",
            "credential": phone.register(begun["options"]),
        }
        answer = client.post(ADD, body)

    problem_of(answer, 403, "passkey_refused")
    assert Authenticator.objects.filter(user=alice.user, type="webauthn").count() == 1


words = st.text(max_size=40) | st.binary(max_size=60).map(encoded)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=6,
)
extensions = st.dictionaries(st.sampled_from(["credProps", "prf", "x"]), anything)


@st.composite
def changed_credentials(draw: Any) -> Any:
    """What is changed in a right answer: parts, ids, extensions, or all of it."""
    changes: dict[str, Any] = {}
    if draw(st.booleans()):
        changes["response"] = draw(
            st.dictionaries(st.sampled_from([*PARTS, "userHandle"]), words, max_size=3)
        )
    if draw(st.booleans()):
        changes["clientExtensionResults"] = draw(extensions)
    name = draw(st.sampled_from(["id", "rawId", "authenticatorAttachment", "type"]))
    if draw(st.booleans()):
        changes[name] = draw(anything)
    return draw(st.just(changes) | anything)


def change(credential, changes):
    if not isinstance(changes, dict):
        return changes
    changed = credential | changes
    if isinstance(changes.get("response"), dict):
        changed["response"] = credential["response"] | changes["response"]
    return changed


SHAPES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SHAPES
@given(changes=changed_credentials())
def test_no_shape_of_a_new_passkey_breaks_anything(api, alice, changes):
    redis_client.connection().flushdb()
    client = api("alice")
    body = answer_to_add(client, SoftAuthenticator())
    body["credential"] = change(body["credential"], changes)

    answer = client.post(ADD, body)

    assert answer.status_code in (201, 400, 403, 409), answer.content
    assert client.get("/api/auth/mfa/").status_code == 200
    assert client.post(BEGIN).status_code == 200, "what is kept can be read again"
    Authenticator.objects.all().delete()


@SHAPES
@given(changes=changed_credentials())
def test_no_shape_of_an_answer_breaks_the_sign_in(phone, changes):
    redis_client.connection().flushdb()
    body = answer_to_login(phone)
    body["credential"] = change(body["credential"], changes)

    assert log_in_with(body).status_code in (200, 400, 401)
