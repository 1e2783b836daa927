"""Passkeys: added, named, removed, and used to sign in alone."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from phr.accounts.models import LoginSession
from phr.core import redis_client
from phr.core.ids import uuid7
from tests.identity.authenticator import SoftAuthenticator
from tests.identity.passkey_steps import (
    ADD,
    BEGIN,
    BEGIN_LOGIN,
    add,
    answer_to_add,
    sign_in_with,
)
from tests.identity.steps import (
    MFA,
    by_password_alone,
    client_with,
    events_of,
    is_in,
    lines_of,
    log_in,
    set_up_app,
    signed_in_since,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written


def passkeys_of(client):
    return client.get(MFA).json()["passkeys"]


def test_a_passkey_is_added_and_signs_in_alone(api, alice):
    phone = SoftAuthenticator()

    added = add(api("alice"), phone)
    signed_in = sign_in_with(phone)

    assert added.status_code == 201, added.json()
    assert added.json()["passkey"]["name"] == "Phone"
    assert len(added.json()["recovery_codes"]) == 10
    assert signed_in.status_code == 200, signed_in.json()
    assert signed_in.json()["user"]["username"] == "alice"
    assert is_in(client_with(signed_in.json()["tokens"]["access"]))
    assert LoginSession.objects.latest("created_at").second_factor
    assert events_of("accounts.passkey_added") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.passkey_added") == [(alice.user_id, "ALLOWED")]
    assert lines_of("accounts.signed_in") == [(alice.user_id, "ALLOWED")]


def test_the_options_come_from_the_settings_and_not_from_the_host(api, alice):
    options = api("alice").post(BEGIN, HTTP_HOST="localhost").json()["options"]
    for_login = api("nobody").post(BEGIN_LOGIN, HTTP_HOST="localhost").json()["options"]

    assert options["rp"]["id"] == for_login["rpId"] == "records.example.org"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert for_login["userVerification"] == "required"
    assert not for_login.get("allowCredentials"), "it names nobody"


def test_signing_in_is_written_down_as_a_use_of_the_passkey(api, alice):
    client, phone = api("alice"), SoftAuthenticator()
    add(client, phone)
    assert passkeys_of(client)[0]["last_used_at"] is None

    sign_in_with(phone)

    assert passkeys_of(client)[0]["last_used_at"]


def test_with_a_passkey_a_password_alone_does_not_sign_in(api, alice):
    codes = add(api("alice"), SoftAuthenticator()).json()["recovery_codes"]

    problem_of(log_in(), 401, "mfa_required")
    problem_of(log_in(otp="123456"), 401, "invalid_code")
    assert log_in(recovery_code=codes[0]).status_code == 200


def test_each_of_several_passkeys_signs_in(api, alice):
    client, phone, key = api("alice"), SoftAuthenticator(), SoftAuthenticator()

    first, second = add(client, phone), add(client, key, name="Key")

    assert second.json()["recovery_codes"] == []
    assert [each["name"] for each in passkeys_of(client)] == ["Phone", "Key"]
    assert first.json()["passkey"]["id"] != second.json()["passkey"]["id"]
    assert sign_in_with(phone).status_code == sign_in_with(key).status_code == 200


def test_a_second_passkey_is_told_of_the_first(api, alice):
    client, phone = api("alice"), SoftAuthenticator()
    passkey = add(client, phone).json()["passkey"]

    excluded = client.post(BEGIN).json()["options"]["excludeCredentials"]

    assert passkey
    assert len(excluded) == 1


def test_passkeys_of_two_people_are_kept_apart(api, alice, carol):
    phone, other = SoftAuthenticator(), SoftAuthenticator()
    add(api("alice"), phone)
    add(api("carol"), other)

    assert sign_in_with(phone).json()["user"]["username"] == "alice"
    assert sign_in_with(other).json()["user"]["username"] == "carol"
    phone.user_handle = other.user_handle
    problem_of(sign_in_with(phone), 401, "unknown_passkey")


def test_a_passkey_gets_another_name(api, alice):
    client, phone = api("alice"), SoftAuthenticator()
    url = ADD + add(client, phone).json()["passkey"]["id"] + "/"

    renamed = client.patch(url, {"name": "Blue phone"})

    assert renamed.status_code == 200
    assert renamed.json()["name"] == passkeys_of(client)[0]["name"] == "Blue phone"
    assert client.patch(url, {}).json()["name"] == "Blue phone"
    assert faults_of(client.patch(url, {"name": "x" * 101})) == {("name", "max_length")}
    assert sign_in_with(phone).status_code == 200


def test_a_passkey_that_was_removed_signs_nobody_in(api, alice):
    client, phone, key = api("alice"), SoftAuthenticator(), SoftAuthenticator()
    url = ADD + add(client, phone).json()["passkey"]["id"] + "/"
    add(client, key)

    assert client.delete(url).status_code == 204

    problem_of(sign_in_with(phone), 401, "unknown_passkey")
    assert sign_in_with(key).status_code == 200
    problem_of(client.delete(url), 404, "not_found")
    assert events_of("accounts.passkey_removed") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.passkey_removed") == [(alice.user_id, "ALLOWED")]


def test_with_the_last_passkey_the_recovery_codes_go(api, alice):
    client = api("alice")
    url = ADD + add(client, SoftAuthenticator()).json()["passkey"]["id"] + "/"

    client.delete(url)

    assert not Authenticator.objects.exists()
    assert log_in().status_code == 200


def test_beside_an_app_the_last_passkey_is_not_the_last_factor(api, dr_bob, settings):
    settings.DOCTOR_MFA_REQUIRED = True
    client = api("dr_bob")
    set_up_app(client)
    url = ADD + add(client, SoftAuthenticator()).json()["passkey"]["id"] + "/"

    assert client.delete(url).status_code == 204
    assert client.get(MFA).json()["recovery_codes"]["left"] == 10


def test_the_last_factor_of_a_role_that_needs_one_stays(api, dr_bob, settings):
    settings.DOCTOR_MFA_REQUIRED = True
    client = api("dr_bob")
    url = ADD + add(client, SoftAuthenticator()).json()["passkey"]["id"] + "/"

    with nothing_written():
        problem_of(client.delete(url), 409, "factor_needed")


def test_a_passkey_of_somebody_else_is_not_there(api, alice, carol):
    url = ADD + add(api("alice"), SoftAuthenticator()).json()["passkey"]["id"] + "/"
    carols = api("carol")
    nothing = f"{ADD}{uuid7()}/"

    with nothing_written():
        for each in (url, nothing):
            problem_of(carols.patch(each, {"name": "Mine"}), 404, "not_found")
            problem_of(carols.delete(each), 404, "not_found")


def test_adding_and_removing_need_recent_proof(api, alice):
    client = api("alice")
    passkey = add(client, SoftAuthenticator()).json()["passkey"]["id"]
    body = answer_to_add(client, SoftAuthenticator())
    late = signed_in_since(alice.user, timedelta(minutes=6))

    with nothing_written():
        problem_of(late.post(BEGIN), 403, "step_up_required")
        problem_of(late.post(ADD, body), 403, "step_up_required")
        problem_of(late.delete(f"{ADD}{passkey}/"), 403, "step_up_required")
    assert late.patch(f"{ADD}{passkey}/", {"name": "Mine"}).status_code == 200


def test_the_first_passkey_ends_sessions_by_password_alone(alice):
    weak, other = by_password_alone(alice.user), by_password_alone(alice.user)

    add(weak, SoftAuthenticator())

    assert is_in(weak)
    assert not is_in(other)


def test_twenty_passkeys_are_enough(api, alice):
    client = api("alice")
    for _ in range(20):
        assert add(client, SoftAuthenticator()).status_code == 201
    body = answer_to_add(client, SoftAuthenticator())

    with nothing_written():
        problem_of(client.post(ADD, body), 409, "too_many_passkeys")


@pytest.mark.parametrize("who", ["alice", "nobody"])
def test_a_ceremony_lasts_five_minutes(api, alice, who):
    api(who).post(BEGIN if who == "alice" else BEGIN_LOGIN)

    (key,) = redis_client.connection().keys("pending:ceremony:*")

    assert 290 < redis_client.connection().ttl(key) <= 300


def test_what_waits_of_a_ceremony_holds_no_secret(api, alice):
    challenge = api("alice").post(BEGIN).json()["challenge"]

    (key,) = redis_client.connection().keys("pending:ceremony:*")

    assert challenge.encode() in key
    kept = json.loads(redis_client.connection().get(key) or "")
    assert kept.keys() == {"session", "mfa.webauthn.state"}


def test_a_client_begins_600_times_in_a_quarter_of_an_hour(api, db):
    for _ in range(600):
        assert api("nobody").post(BEGIN_LOGIN).status_code == 200

    problem_of(api("nobody").post(BEGIN_LOGIN), 429, "too_many_requests")
    elsewhere = api("nobody").post(BEGIN_LOGIN, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200
