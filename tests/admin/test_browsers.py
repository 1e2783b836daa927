"""Browsers of the admin site, and what ends them: a factor, or a new password."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from phr.identity.account_administration import remove_second_factors
from phr.identity.second_factors import TOTP
from phr.identity.sign_in import start_session
from tests.attacks.acting import (
    BEGIN_PASSKEY,
    NEW_PASSWORD,
    PROFILE,
    REFRESH,
    holding,
    otp,
    session_of,
    with_app,
)
from tests.factories import PASSWORD
from tests.portal.test_second_factors import APP, CONFIRM, FACTORS, app_on, set_up
from tests.signing_in import sign_in_to_the_admin_site

INDEX = "/admin/"


@pytest.fixture
def required(settings):
    settings.STAFF_MFA_REQUIRED = True


def sign_in_with(code, client=None):
    client = client or Client()
    return client, sign_in_to_the_admin_site(client, "sam", code=code)


def test_a_browser_signed_in_by_password_alone_is_out_once_there_is_a_factor(
    sam, browser
):
    client = browser(sam)
    assert client.get(INDEX).status_code == 200
    secret, _ = with_app(sam)

    assert client.get(INDEX).headers["Location"].startswith("/sign-in/")
    assert sign_in_with(otp(secret), client)[1].status_code == 302
    assert client.get(INDEX).status_code == 200


def test_such_a_browser_sets_up_no_second_app(sam, browser, settings):
    settings.STAFF_MFA_REQUIRED = True
    client = browser(sam)
    app = app_on(client.post(APP))
    with_app(sam)

    answer = client.post(CONFIRM, {"otp": app.code()})

    assert answer.headers["Location"].startswith("/sign-in/")
    assert Authenticator.objects.filter(user=sam, type=TOTP).count() == 1


def test_a_code_given_stays_in_this_browser(sam, browser):
    """Another browser of the same person has shown none, and is signed out."""
    other = browser(sam)
    secret, _ = with_app(sam)
    client, _ = sign_in_with(otp(secret))

    assert client.get(INDEX).status_code == 200
    assert other.get(INDEX).headers["Location"].startswith("/sign-in/")


@pytest.mark.usefixtures("required")
def test_signing_in_again_by_password_alone_does_not_keep_the_factor(sam, browser):
    client = browser(sam)
    set_up(client)
    remove_second_factors(user=sam, at=timezone.now())

    assert sign_in_to_the_admin_site(client, "sam").status_code == 302

    assert client.get(INDEX).headers["Location"] == FACTORS


def test_sessions_begun_by_a_stolen_password_end_when_it_is_set_up_here(sam, browser):
    """Else whoever holds one could give the account a factor of their own."""
    stolen, strong = session_of(sam)[0], begin_session(sam, second_factor=True)
    client = browser(sam)
    assert holding(stolen.access).get(PROFILE).status_code == 200

    set_up(client)

    assert holding(stolen.access).get(PROFILE).status_code == 401
    assert holding(stolen.access).post(BEGIN_PASSKEY).status_code == 401
    refreshed = APIClient().post(REFRESH, {"refresh": stolen.refresh})
    assert refreshed.status_code == 401
    assert holding(strong.access).get(PROFILE).status_code == 200


def begin_session(user, *, second_factor):
    return start_session(user=user, at=timezone.now(), second_factor=second_factor)


def test_a_new_password_ends_other_browsers_of_the_admin_site(rita, browser):
    client, other = browser(rita), browser(rita)
    words = dict.fromkeys(("password", "password_confirm"), NEW_PASSWORD)

    done = client.post("/account/password/", words | {"current_password": PASSWORD})

    assert done.status_code == 302
    assert client.get(INDEX).status_code == 200
    assert other.get(INDEX).headers["Location"].startswith("/sign-in/")
