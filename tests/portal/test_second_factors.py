"""Setting up and removing second factors in the portal."""

import html
import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from phr.identity.second_factors import has_factor
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.identity.authenticator import SoftAuthenticator
from tests.identity.steps import App, set_up_app

FACTORS = "/account/second-factor/"
APP, CONFIRM, REMOVE = "/account/app/", "/account/app/confirm/", "/account/app/remove/"
CODES, PASSKEYS, ADD = "/account/codes/", "/account/passkeys/", "/account/passkeys/add/"
pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def app_on(page: Any) -> App:
    (secret,) = re.findall(r'<code class="secret">([A-Z2-7 ]+)</code>', text_of(page))
    return App(secret.replace(" ", ""))


def codes_on(page: Any) -> list[str]:
    return re.findall(r"<li><code>([a-z2-7-]+)</code></li>", text_of(page))


def set_up(client: Client) -> list[str]:
    done = client.post(CONFIRM, {"otp": app_on(client.post(APP)).code()})
    assert done.status_code == 200
    return codes_on(done)


@pytest.fixture
def alices(alice: Any) -> Client:
    return browser_of(alice.user)


def test_an_app_is_set_up_by_a_first_code_and_codes_are_shown_once(alices, alice):
    page = alices.post(APP)
    assert "<svg" in text_of(page)
    assert "otpauth://totp/" in text_of(page)

    done = alices.post(CONFIRM, {"otp": app_on(page).code()})

    assert len(codes_on(done)) == 10
    assert has_factor(alice.user)
    factors = text_of(alices.get(FACTORS))
    assert "You have 10 codes left" in factors
    assert codes_on(done)[0] not in factors
    assert alices.get("/account/").status_code == 200


def test_a_wrong_code_leaves_the_same_picture(alices, alice):
    app = app_on(alices.post(APP))

    wrong = alices.post(CONFIRM, {"otp": app.wrong_code()})

    assert wrong.status_code == 403
    assert app_on(wrong) == app
    assert not has_factor(alice.user)
    assert alices.post(CONFIRM, {"otp": app.code()}).status_code == 200


def test_it_wants_a_password_of_the_last_minutes(alice):
    late = browser_of(alice.user, proof=SIX_MINUTES)

    asked = late.post(APP)

    assert 'name="again-password"' in text_of(asked)
    assert "otpauth" not in text_of(asked)


def test_other_browsers_that_have_shown_none_are_signed_out(alices, alice):
    stolen = browser_of(alice.user)
    assert stolen.get("/account/").status_code == 200

    set_up(alices)

    assert stolen.get("/account/").status_code == 302
    assert alices.get("/account/").status_code == 200


def test_new_codes_make_the_old_ones_useless(alices):
    old = set_up(alices)

    new = codes_on(alices.post(CODES))

    assert len(new) == 10
    assert not {*old} & {*new}


def test_the_last_factor_is_removed_and_the_session_is_no_strong_one(alices, alice):
    set_up(alices)

    assert alices.post(REMOVE).status_code == 302

    assert not has_factor(alice.user)
    assert alices.get("/account/").status_code == 200
    assert not alices.session["second_factor"]


def test_who_must_have_one_is_led_there_and_nowhere_else(dr_bob, settings):
    settings.DOCTOR_MFA_REQUIRED = True
    doctor = browser_of(dr_bob.user)
    assert doctor.get("/account/").headers["Location"] == FACTORS
    assert "you need one of these" in text_of(doctor.get(FACTORS))

    set_up(doctor)

    assert doctor.get("/account/").status_code == 200
    refused = doctor.post(REMOVE)
    assert refused.status_code == 409
    assert "requires a second factor" in text_of(refused)


def answer_of(page: Any, passkey: SoftAuthenticator) -> dict[str, str]:
    text = text_of(page)
    (options,) = re.findall(r'data-options="(\{.*\})" hidden', text)
    (challenge,) = re.findall(r'name="challenge" value="([^"]+)"', text)
    credential = json.dumps(passkey.register(json.loads(options)))
    return {"name": "My phone", "challenge": challenge, "credential": credential}


def test_a_passkey_is_added_named_and_removed(alices, alice):
    begun = alices.post(PASSKEYS, {"name": "My phone"})

    added = alices.post(ADD, answer_of(begun, SoftAuthenticator()))

    assert len(codes_on(added)) == 10
    assert "My phone" in text_of(alices.get(FACTORS))
    passkey = Authenticator.objects.get(user=alice.user, type="webauthn")
    path = f"{PASSKEYS}{passkey.data['id']}/"
    assert alices.post(path, {"name": "<b>Tablet"}).status_code == 302
    assert "&lt;b&gt;Tablet" in alices.get(FACTORS).content.decode()
    assert alices.post(f"{path}remove/").status_code == 302
    assert not has_factor(alice.user)


def test_an_answer_counts_once_and_in_its_own_session(alices, alice):
    other = browser_of(alice.user)
    answer = answer_of(alices.post(PASSKEYS, {"name": "x"}), SoftAuthenticator())

    assert other.post(ADD, answer).status_code == 403
    assert alices.post(ADD, answer).status_code == 403
    assert not has_factor(alice.user)


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "\u202e"])
def test_a_passkey_has_a_name_that_can_be_read(alices, name):
    assert alices.post(PASSKEYS, {"name": name}).status_code == 400


def test_an_app_set_up_by_the_api_signs_browsers_out_that_have_shown_none(alices, api):
    assert alices.get("/account/").status_code == 200

    set_up_app(api("alice"))

    assert alices.get("/account/").status_code == 302
