"""The second factor of the admin site: set up first, and asked for at the door."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from phr.core import counters
from tests.accounts.steps import (
    App,
    by_password_alone,
    events_of,
    is_in,
    lines_of,
    log_in,
    set_up_app,
)
from tests.factories import PASSWORD

PAGE = "/admin/second-factor/"
ASKED_FOR_A_CODE = "Give a code as well"


@pytest.fixture(autouse=True)
def _needed(settings):
    settings.STAFF_MFA_REQUIRED = True


def sign_in(client, code="", username="sam"):
    body = {"username": username, "password": PASSWORD, "code": code, "next": "/admin/"}
    return client.post("/admin/login/", body)


@pytest.fixture
def newcomer(sam):
    """A browser in which Sam has signed in for the first time."""
    client = Client()
    assert sign_in(client).status_code == 302
    return client


def shown_secret(response):
    (secret,) = re.findall(
        r"Secret: <code>([A-Z2-7]+)</code>", response.content.decode()
    )
    return App(secret)


def shown_codes(response):
    return re.findall(r"<li><code>([a-z2-7-]+)</code></li>", response.content.decode())


def set_up_here(client):
    app = shown_secret(client.get(PAGE))
    done = client.post(PAGE, {"otp": app.code()})
    assert done.status_code == 200
    return app, shown_codes(done)


@pytest.mark.parametrize(
    "path",
    ["", "accounts/user/", "care/caregrant/", "password_change/", "no-such-page/"],
)
def test_whatever_page_one_asks_for_the_set_up_comes_first(newcomer, path):
    answer = newcomer.get(f"/admin/{path}")

    assert (answer.status_code, answer.headers.get("Location")) == (302, PAGE)


def test_nothing_can_be_changed_before_either(newcomer, sam):
    new = {"new_password1": "purple monkey 8", "new_password2": "purple monkey 8"}
    old = sam.password

    answer = newcomer.post("/admin/password_change/", {"old_password": PASSWORD} | new)

    assert answer.headers["Location"] == PAGE
    sam.refresh_from_db()
    assert sam.password == old


def test_one_can_sign_out_instead(newcomer):
    assert newcomer.post("/admin/logout/").status_code == 200
    assert newcomer.get(PAGE).headers["Location"].startswith("/admin/login/")


def test_an_app_is_set_up_and_all_is_open(newcomer, sam):
    page = newcomer.get(PAGE)
    app = shown_secret(page)
    assert "<svg" in page.content.decode()

    done = newcomer.post(PAGE, {"otp": app.code()})

    codes = shown_codes(done)
    assert len(set(codes)) == 10
    assert newcomer.get("/admin/").status_code == 200
    assert newcomer.get(PAGE).headers["Location"] == "/admin/"
    assert codes[0] not in newcomer.get("/admin/").content.decode()
    assert events_of("accounts.totp_added") == [{"user_id": str(sam.pk)}]
    assert lines_of("accounts.totp_added") == [(sam.pk, "ALLOWED")]
    assert log_in("sam", otp=app.code(steps=1)).status_code == 200


def test_a_mistyped_code_leaves_the_secret_as_it_was(newcomer):
    app = shown_secret(newcomer.get(PAGE))

    wrong = newcomer.post(PAGE, {"otp": app.wrong_code()})

    assert wrong.status_code == 200
    assert wrong.context["form"].errors
    assert shown_secret(wrong).secret == app.secret
    assert newcomer.get("/admin/").headers["Location"] == PAGE
    assert shown_codes(newcomer.post(PAGE, {"otp": app.code()}))


@pytest.mark.parametrize("otp", ["", "x" * 11, "é", "12\x0034"])
def test_whatever_is_typed_is_answered_by_the_form(newcomer, otp):
    newcomer.get(PAGE)

    assert newcomer.post(PAGE, {"otp": otp}).context["form"].errors


def test_a_code_without_a_secret_shows_one(newcomer):
    answer = newcomer.post(PAGE, {"otp": "123456"})

    assert answer.context["form"].errors
    assert shown_secret(answer)


def test_thirty_wrong_first_codes_are_enough(newcomer):
    app = shown_secret(newcomer.get(PAGE))
    for _ in range(30):
        newcomer.post(PAGE, {"otp": app.wrong_code()})

    answer = newcomer.post(PAGE, {"otp": app.code()})

    assert "Please wait before you try again." in answer.content.decode()
    assert newcomer.get("/admin/").headers["Location"] == PAGE


def test_a_form_from_elsewhere_sets_nothing_up(sam):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sam)

    assert client.post(PAGE, {"otp": "123456"}).status_code == 403


def test_sessions_by_password_alone_end_with_the_set_up(newcomer, sam):
    phone = by_password_alone(sam)
    other_browser = Client()
    sign_in(other_browser)

    set_up_here(newcomer)

    assert not is_in(phone)
    assert newcomer.get("/admin/").status_code == 200
    other_browser.get("/admin/", follow=True)
    assert other_browser.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_who_has_set_it_up_elsewhere_signs_in_anew(newcomer, sam):
    set_up_app(by_password_alone(sam))

    answer = newcomer.get("/admin/", follow=True)

    assert "Sign in with a code of your second factor." in answer.content.decode()
    assert newcomer.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_from_then_on_the_door_asks_for_a_code(newcomer, sam):
    app, codes = set_up_here(newcomer)
    client = Client()

    asked = sign_in(client)

    assert asked.status_code == 200
    assert ASKED_FOR_A_CODE in asked.content.decode()
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, app.code(steps=1)).status_code == 302
    assert client.get("/admin/").status_code == 200
    by_recovery_code = Client()
    assert sign_in(by_recovery_code, codes[0]).status_code == 302
    assert by_recovery_code.get("/admin/").status_code == 200
    assert sign_in(Client(), codes[0]).status_code == 200


def test_a_code_counts_once_at_the_door_too(newcomer, sam):
    app, _ = set_up_here(newcomer)
    otp = app.code(steps=1)

    assert sign_in(Client(), otp).status_code == 302
    assert sign_in(Client(), otp).status_code == 200
    assert log_in("sam", otp=otp).status_code == 401


def test_a_wrong_code_is_answered_like_a_wrong_password(newcomer, sam):
    app, _ = set_up_here(newcomer)
    client = Client()

    wrong_code = sign_in(client, app.wrong_code())
    wrong_name = sign_in(client, app.wrong_code(), username="nobody")

    assert wrong_code.context["form"].errors == wrong_name.context["form"].errors
    assert client.get("/admin/").status_code == 302
    assert (None, "REFUSED") in lines_of("accounts.signed_in")


def test_after_ten_wrong_codes_the_right_one_waits(newcomer, sam):
    app, _ = set_up_here(newcomer)
    for _ in range(10):
        sign_in(Client(), app.wrong_code())

    answer = sign_in(Client(), app.code(steps=1))

    assert "Please wait before you try again." in answer.content.decode()


def test_a_browser_changes_hands_with_the_new_ones_factor(newcomer, rita):
    """Signing in over another's session ends that, and keeps what was shown."""
    set_up_here(newcomer)
    own = Client()
    sign_in(own, username="rita")
    app, _ = set_up_here(own)

    assert sign_in(newcomer, app.code(steps=1), "rita").status_code == 302

    assert newcomer.get("/admin/").status_code == 200
    assert "Rita" in newcomer.get("/admin/").content.decode()


def test_a_session_that_was_strong_for_one_is_not_for_another(newcomer, rita):
    set_up_here(newcomer)

    assert sign_in(newcomer, username="rita").status_code == 302

    assert newcomer.get("/admin/").headers["Location"] == PAGE


def test_after_the_operators_have_helped_it_is_set_up_anew(newcomer, sam):
    set_up_here(newcomer)
    call_command("remove_second_factors", "sam", verbosity=0)
    assert newcomer.get("/admin/").headers["Location"].startswith("/admin/login/")

    assert sign_in(newcomer).status_code == 302

    assert newcomer.get("/admin/").headers["Location"] == PAGE


def test_without_the_need_the_page_leads_on(newcomer, settings):
    settings.STAFF_MFA_REQUIRED = False

    assert newcomer.get("/admin/").status_code == 200
    assert newcomer.get(PAGE).headers["Location"] == "/admin/"


def test_what_was_begun_waits_for_ten_minutes(newcomer):
    app = shown_secret(newcomer.get(PAGE))
    (key,) = counters.connection().keys("pending:totp:*")
    assert 590 < counters.connection().ttl(key) <= 600
    counters.connection().delete(key)

    answer = newcomer.post(PAGE, {"otp": app.code()})

    assert answer.context["form"].errors
    assert shown_secret(answer).secret != app.secret


def test_the_next_day_a_code_of_then_counts(newcomer, sam):
    app, _ = set_up_here(newcomer)

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert sign_in(Client(), app.code()).status_code == 302
