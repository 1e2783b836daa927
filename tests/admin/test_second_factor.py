"""Second factors before the admin site: asked for, set up first, and never skipped."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from phr.accounts.presence import hashed_key
from phr.audit.models import AccessEntry, Outcome
from phr.core import ephemeral_store
from phr.identity.second_factors import RECOVERY, has_factor
from tests.attacks.acting import (
    otp,
    with_app,
)
from tests.identity.account_steps import lines_of
from tests.portal.test_second_factors import (
    APP,
    CONFIRM,
    FACTORS,
    app_on,
    codes_on,
)
from tests.signing_in import asks_for_code, sign_in_to_the_admin_site

INDEX = "/admin/"
PAGES = [
    INDEX,
    "/admin/accounts/user/",
    "/admin/password_change/",
    "/admin/jsi18n/",
    "/admin/care/doctorverification/",
    "/admin/nothing/",
]


@pytest.fixture
def required(settings):
    settings.STAFF_MFA_REQUIRED = True


def sign_in_with(code, client=None):
    client = client or Client()
    return client, sign_in_to_the_admin_site(client, "sam", code=code)


def refusals_of_the_form(answer):
    assert answer.status_code == 401
    return [str(message) for message in answer.context["form"].non_field_errors()]


def outcomes():
    return [outcome for *_, outcome in lines_of("accounts.signed_in")]


def test_there_is_a_field_for_a_code_once_the_password_was_right(sam):
    with_app(sam)

    page = sign_in_with("")[1].content.decode()

    assert 'name="code"' in page
    assert 'autocomplete="one-time-code"' in page


def test_who_has_no_factor_signs_in_by_the_password_where_none_is_needed(sam):
    client, answer = sign_in_with("")

    assert answer.status_code == 302
    assert client.get(INDEX).status_code == 200


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("path", PAGES)
def test_who_needs_one_is_sent_to_set_it_up_whatever_they_ask_for(sam, browser, path):
    client = browser(sam)

    for answer in (client.get(path), client.post(path, {"action": "end"})):
        assert (answer.status_code, answer.headers["Location"]) == (302, FACTORS)


@pytest.mark.usefixtures("required")
def test_one_sets_it_up_there_and_works(rita, browser):
    client = browser(rita)
    app = app_on(client.post(APP))

    done = client.post(CONFIRM, {"otp": app.code()})

    codes = codes_on(done)
    assert len(set(codes)) == 10
    assert app.secret not in done.content.decode()
    assert client.get("/admin/accounts/user/").status_code == 200
    assert has_factor(rita)
    assert lines_of("accounts.totp_added") == [(rita.pk, None, Outcome.ALLOWED)]
    for page in (INDEX, FACTORS):
        assert codes[0] not in client.get(page).content.decode()


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("wrong", [None, "", "12", "not a code", "1" * 11])
def test_a_mistyped_code_keeps_the_secret(sam, browser, wrong):
    client = browser(sam)
    app = app_on(client.post(APP))

    refused = client.post(
        CONFIRM, {"otp": app.wrong_code() if wrong is None else wrong}
    )

    assert app_on(refused) == app
    assert refused.context["form"].errors
    assert not has_factor(sam)
    assert client.get(INDEX).headers["Location"] == FACTORS
    assert not AccessEntry.objects.filter(action="accounts.totp_added").exists()
    assert client.post(CONFIRM, {"otp": app.code()}).status_code == 200
    assert has_factor(sam)


@pytest.mark.usefixtures("required")
def test_a_page_that_was_open_too_long_sets_nothing_up(sam, browser):
    client = browser(sam)
    app = app_on(client.post(APP))
    holder = hashed_key(str(client.session.session_key))
    assert ephemeral_store.pop(f"totp:{sam.pk}:{holder}")

    late = client.post(CONFIRM, {"otp": app.code()})

    assert (late.status_code, late.headers["Location"]) == (302, FACTORS)
    assert not has_factor(sam)
    assert app_on(client.post(APP)) != app


@pytest.mark.usefixtures("required")
def test_a_secret_of_another_browser_is_none_of_this_one(sam, browser):
    one, other = browser(sam), browser(sam)
    app = app_on(one.post(APP))
    assert app_on(other.post(APP)) != app

    assert other.post(CONFIRM, {"otp": app.code()}).context["form"].errors
    assert not has_factor(sam)


@pytest.mark.usefixtures("required")
def test_one_may_leave_without_setting_it_up(sam, browser):
    client = browser(sam)

    assert client.post("/sign-out/").status_code == 302

    assert "/sign-in/" in client.get(INDEX).headers["Location"]


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("path", [APP, CONFIRM])
def test_setting_it_up_needs_the_token_of_the_form(sam, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)

    assert client.post(path, {"otp": "123456"}).status_code == 403
    assert not has_factor(sam)


@pytest.mark.parametrize("needed", [True, False])
def test_who_has_a_factor_needs_a_code(sam, settings, needed):
    settings.STAFF_MFA_REQUIRED = needed
    secret, _ = with_app(sam)

    client, without = sign_in_with("")
    assert asks_for_code(without)
    assert client.get(INDEX).status_code == 302
    client, answer = sign_in_with(otp(secret), client)

    assert answer.status_code == 302
    assert client.get(INDEX).status_code == 200


def test_a_recovery_code_signs_in_once(sam):
    _, codes = with_app(sam)

    client, answer = sign_in_with(codes[0])
    assert answer.status_code == 302
    assert client.get(INDEX).status_code == 200

    assert refusals_of_the_form(sign_in_with(codes[0])[1])
    assert sign_in_with(codes[1].upper())[1].status_code == 302


def test_a_code_of_the_app_signs_in_once(sam):
    secret, _ = with_app(sam)
    code = otp(secret)
    assert sign_in_with(code)[1].status_code == 302

    assert refusals_of_the_form(sign_in_with(code)[1])


@pytest.mark.parametrize("code", ["000000", "aaaa-" * 5 + "aaaa", "é", "x" * 60])
def test_a_wrong_code_is_refused_and_entered(sam, code):
    secret, _ = with_app(sam)
    assert code != otp(secret)

    client, answer = sign_in_with(code)
    assert outcomes() == [Outcome.REFUSED]

    assert refusals_of_the_form(answer) == ["The code is wrong or was already used"]
    assert client.get(INDEX).status_code == 302


def test_a_code_too_long_for_any_is_answered_by_the_form(sam):
    with_app(sam)

    _, answer = sign_in_with("x" * 101)

    assert answer.status_code == 400
    assert answer.context["form"].errors["code"]
    assert outcomes() == []


def test_a_right_code_helps_no_wrong_password(sam):
    secret, codes = with_app(sam)
    for code in (otp(secret), codes[0]):
        body = {"username": "sam", "password": "wrong", "code": code}
        assert refusals_of_the_form(Client().post("/sign-in/", body))
        half = body | {"half": "x"}
        assert refusals_of_the_form(Client().post("/sign-in/code/", half))

    left = Authenticator.objects.get(user=sam, type=RECOVERY).data["hashes"]
    assert len(left) == 10, "a guess at the password uses no code up"
