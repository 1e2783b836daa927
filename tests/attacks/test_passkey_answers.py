"""Answers to passkey ceremonies that no browser would give."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from fido2 import cbor
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.attacks.acting import (
    BEGIN_LOGIN,
    BEGIN_PASSKEY,
    PASSKEY_LOGIN,
    PASSKEYS,
    add_passkey,
    with_passkey,
)
from tests.conftest import Api
from tests.identity.authenticator import SoftAuthenticator, decoded, encoded
from tests.problem_answers import problem_of
from tests.rows import nothing_written

RP = "records.example.org"


@pytest.fixture
def phone(alice: PatientProfile) -> SoftAuthenticator:
    return with_passkey(alice.user)


def begun_by(client: APIClient, path: str) -> Any:
    return client.post(path).json()


def sign_in(challenge: str, credential: Any) -> Any:
    body = {"challenge": challenge, "credential": credential}
    return APIClient().post(PASSKEY_LOGIN, body)


def signed_in_by(phone: SoftAuthenticator) -> Any:
    begun = begun_by(APIClient(), BEGIN_LOGIN)
    return sign_in(begun["challenge"], phone.sign_in(begun["options"]))


def test_the_phone_of_these_tests_does_sign_in(phone: SoftAuthenticator) -> None:
    """So that it is refused below for what is wrong with each answer."""
    assert signed_in_by(phone).status_code == 200


def test_an_answer_counts_once_for_adding_and_for_signing_in(
    api: Api, phone: SoftAuthenticator
) -> None:
    client, tablet = api("alice"), SoftAuthenticator()
    adding = begun_by(client, BEGIN_PASSKEY)
    new = tablet.register(adding["options"])
    entering = begun_by(APIClient(), BEGIN_LOGIN)
    proof = phone.sign_in(entering["options"])

    assert add_passkey(client, adding["challenge"], new).status_code == 201
    assert sign_in(entering["challenge"], proof).status_code == 200
    with nothing_written():
        again = add_passkey(client, adding["challenge"], new)
        problem_of(again, 403, "passkey_refused")
        problem_of(sign_in(entering["challenge"], proof), 403, "passkey_refused")


def test_an_answer_to_one_challenge_is_none_to_another(
    phone: SoftAuthenticator,
) -> None:
    heard = phone.sign_in(begun_by(APIClient(), BEGIN_LOGIN)["options"])
    another = begun_by(APIClient(), BEGIN_LOGIN)

    problem_of(sign_in(another["challenge"], heard), 401, "unknown_passkey")


def test_what_was_begun_to_sign_in_adds_no_passkey(api: Api, db: None) -> None:
    client, begun = api("alice"), begun_by(APIClient(), BEGIN_LOGIN)
    options = {"user": {"id": encoded(b"x")}, "rp": {"id": RP}, **begun["options"]}

    with nothing_written():
        answer = add_passkey(
            client, begun["challenge"], SoftAuthenticator().register(options)
        )
        problem_of(answer, 403, "passkey_refused")


def test_what_was_begun_to_add_a_passkey_signs_nobody_in(
    api: Api, phone: SoftAuthenticator
) -> None:
    begun = begun_by(api("alice"), BEGIN_PASSKEY)
    proof = phone.sign_in({**begun["options"], "rpId": RP})
    sessions = LoginSession.objects.count()

    problem_of(sign_in(begun["challenge"], proof), 403, "passkey_refused")
    assert LoginSession.objects.count() == sessions


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_what_was_begun_in_one_session_is_not_finished_in_another(
    api: Api, alice: PatientProfile, who: str
) -> None:
    begun = begun_by(api("alice"), BEGIN_PASSKEY)
    answer = SoftAuthenticator().register(begun["options"])
    other = api(who)

    with nothing_written():
        refused = add_passkey(other, begun["challenge"], answer)
        problem_of(refused, 403, "passkey_refused")


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://records.example.org"},
        {"origin": "https://records.example.org.evil.example"},
        {"verifies_user": False},
        {"user_handle": b"somebody else"},
        {"user_handle": b"\xff\xfe"},
    ],
    ids=str,
)
def test_a_passkey_shown_elsewhere_or_unverified_signs_nobody_in(
    phone: SoftAuthenticator, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(phone, name, value)

    problem_of(signed_in_by(phone), 401, "unknown_passkey")


def test_a_passkey_of_one_account_does_not_open_another(
    phone: SoftAuthenticator, carol: PatientProfile
) -> None:
    with_passkey(carol.user)
    phone.user_handle = str(carol.user_id).encode()

    problem_of(signed_in_by(phone), 401, "unknown_passkey")


def test_a_passkey_of_a_blocked_account_signs_nobody_in(
    phone: SoftAuthenticator, alice: PatientProfile
) -> None:
    alice.user.is_active = False
    alice.user.save()

    problem_of(signed_in_by(phone), 401, "unknown_passkey")


def test_a_host_header_does_not_choose_what_a_passkey_is_for(
    api: Api, alice: PatientProfile
) -> None:
    hosts: Any = {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_HOST": "evil.example"}

    adding = api("alice").post(BEGIN_PASSKEY, **hosts).json()["options"]
    entering = APIClient().post(BEGIN_LOGIN, **hosts).json()["options"]

    assert (adding["rp"]["id"], entering["rpId"]) == (RP, RP)


NESTED = b"\x81" * 900
WRONG_BYTES = {
    "nothing": b"",
    "half a map": b"\xa3cfmtdnone",
    "a map that never ends": b"\xbf",
    "endless lists": NESTED,
    "endless maps": b"\xa1" * 900,
    "a text of 2^64 bytes": b"\x5b" + b"\xff" * 8,
    "a number": cbor.encode(7),
    "a list": cbor.encode([1]),
    "no form of ours": cbor.encode({"fmt": "none", "attStmt": {}, "authData": b"x"}),
    "a form that is a list": cbor.encode({"fmt": [], "attStmt": [], "authData": []}),
    "JSON": b'{"type": []}',
    "JSON of endless lists": b"[" * 14_000,
    "no text": b"\xff\xfe",
}


def cut_at(credential: dict[str, Any], length: int) -> dict[str, Any]:
    whole = decoded(credential["response"]["attestationObject"])
    credential["response"]["attestationObject"] = encoded(whole[:length])
    return credential


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("wrong", WRONG_BYTES.values(), ids=WRONG_BYTES.keys())
def test_a_new_passkey_of_wrong_bytes_is_refused(
    api: Api, alice: PatientProfile, part: str, wrong: bytes
) -> None:
    client = api("alice")
    begun = begun_by(client, BEGIN_PASSKEY)
    credential = SoftAuthenticator().register(begun["options"])
    credential["response"][part] = encoded(wrong)

    with nothing_written():
        response = add_passkey(client, begun["challenge"], credential)

    assert response.status_code == (403 if wrong else 400)


def test_a_new_passkey_that_is_cut_off_breaks_nothing(
    api: Api, alice: PatientProfile
) -> None:
    client, answers = api("alice"), []

    for length in range(2, 200, 9):
        begun = begun_by(client, BEGIN_PASSKEY)
        new = SoftAuthenticator().register(begun["options"])
        answers.append(add_passkey(client, begun["challenge"], cut_at(new, length)))

    # Of a key that lacks its last bytes only its owner has the harm.
    assert {answer.status_code for answer in answers[:17]} == {403}
    assert {answer.status_code for answer in answers[17:]} <= {201, 403}


@pytest.mark.parametrize(
    "part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"]
)
@pytest.mark.parametrize("wrong", WRONG_BYTES.values(), ids=WRONG_BYTES.keys())
def test_a_sign_in_of_wrong_bytes_is_refused(
    phone: SoftAuthenticator, part: str, wrong: bytes
) -> None:
    begun = begun_by(APIClient(), BEGIN_LOGIN)
    proof = phone.sign_in(begun["options"])
    proof["response"][part] = encoded(wrong)
    sessions = LoginSession.objects.count()

    response = sign_in(begun["challenge"], proof)

    assert response.status_code == (401 if wrong else 400)
    assert LoginSession.objects.count() == sessions


@pytest.mark.parametrize("part", ["id", "rawId"])
@pytest.mark.parametrize("text", ["é", "a", "====", "\u20ac", "x" * 2_000, "x" * 2_001])
def test_an_id_that_is_no_base64_breaks_nothing(
    api: Api, alice: PatientProfile, part: str, text: str
) -> None:
    client = api("alice")
    begun = begun_by(client, BEGIN_PASSKEY)
    credential = SoftAuthenticator().register(begun["options"]) | {part: text}

    answer = add_passkey(client, begun["challenge"], credential)

    assert answer.status_code in (201, 400, 403)


@pytest.mark.parametrize(
    "results",
    [
        '{"x": 1e999}',
        r'{"x": "\u0000"}',
        r'{"\u0000": 1}',
        r'{"x": "\ud800"}',
        '{"credProps": []}',
        '{"credProps": {"rk": [1e999]}}',
        f'{{"x": {"[" * 90}{"]" * 90}}}',
    ],
)
def test_what_else_a_browser_says_of_a_new_passkey_is_not_kept(
    api: Api, alice: PatientProfile, results: str
) -> None:
    client = api("alice")
    begun = begun_by(client, BEGIN_PASSKEY)
    credential = SoftAuthenticator().register(begun["options"])
    body = {"challenge": begun["challenge"], "name": "Phone", "credential": credential}
    credential["clientExtensionResults"] = "HERE"
    text = json.dumps(body).replace('"HERE"', results)

    added = client.generic("POST", PASSKEYS, text, "application/json")

    assert added.status_code == 201, added.content
    kept = Authenticator.objects.get(type="webauthn").data["credential"]
    assert kept["clientExtensionResults"] == {}
