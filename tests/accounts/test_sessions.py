"""Where one is signed in, and ending it from elsewhere."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession
from phr.accounts.services import start_session
from phr.core.ids import uuid7
from tests.accounts.steps import (
    REFRESH,
    by_password_alone,
    client_with,
    events_of,
    is_in,
    lines_of,
    log_in,
)
from tests.admin.conftest import try_to_sign_in
from tests.problem_answers import problem_of
from tests.rows import nothing_written

SESSIONS, LOGOUT_ALL = "/api/auth/sessions/", "/api/auth/logout-all/"


def listed(client):
    return client.get(SESSIONS).json()["results"]


def ids_of(client):
    return [session["id"] for session in listed(client)]


def url_of(session):
    return f"{SESSIONS}{session['id']}/"


def current(client):
    (session,) = [each for each in listed(client) if each["is_current"]]
    return session


def browser_of(username):
    client = Client(HTTP_USER_AGENT="Old browser 1.0", REMOTE_ADDR="203.0.113.7")
    assert try_to_sign_in(client, username).status_code == 302
    return client


def works(browser):
    return browser.get("/admin/").status_code == 200


def test_one_sees_where_one_is_signed_in_newest_first(api, alice):
    log_in()
    LoginSession.objects.update(user_agent="Phone 2.0", address="203.0.113.7")
    client = api("alice")

    here, phone = listed(client)

    assert here["is_current"] is True
    assert here["second_factor"] is True
    assert phone["is_current"] is False
    assert phone["second_factor"] is False
    assert (phone["address"], phone["user_agent"]) == ("203.0.113.7", "Phone 2.0")
    assert phone["kind"] == here["kind"] == "API"
    assert here["created_at"] > phone["created_at"]


def test_only_sessions_that_count_are_listed(alice):
    now = timezone.now()
    ended = by_password_alone(alice.user)
    ended.post("/api/auth/logout/")
    start_session(user=alice.user, at=now - timedelta(days=1, minutes=1))  # too old
    client = by_password_alone(alice.user)

    assert ids_of(client) == [current(client)["id"]]


def test_nobody_sees_sessions_of_others(api, alice, carol, sam):
    browser_of("sam")

    for who in ("alice", "carol"):
        assert len(listed(api(who))) == 1


def test_the_list_comes_in_pages(api, sam):
    for _ in range(3):
        by_password_alone(sam)
        browser_of("sam")
    client = api("sam")

    url, seen = f"{SESSIONS}?page_size=2", []
    sizes = []
    while url:
        page = client.get(url).json()
        sizes.append(len(page["results"]))
        seen += page["results"]
        back, url = page.get("previous"), page["next"]

    assert sizes == [2, 2, 2, 1]
    assert len({each["id"] for each in seen}) == 7
    times = [each["created_at"] for each in seen]
    assert times == sorted(times, reverse=True)
    assert [each["kind"] for each in seen].count("BROWSER") == 3
    assert client.get(back).json()["results"] == seen[4:6]


def test_a_session_ends_with_its_next_request(api, alice):
    tokens = start_session(user=alice.user, at=timezone.now())
    there, here = client_with(tokens.access), api("alice")
    url = url_of(current(there))

    answer = here.delete(url)

    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_in(there)
    refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    problem_of(refreshed, 401, "invalid_token")
    assert is_in(here)
    assert lines_of("accounts.session_ended") == [(alice.user_id, "ALLOWED")]
    with nothing_written():
        problem_of(here.delete(url), 404, "not_found")


def test_one_may_end_the_present_session(api, alice):
    client = api("alice")

    assert client.delete(url_of(current(client))).status_code == 204
    assert not is_in(client)


def test_a_session_of_somebody_else_is_not_there(api, alice, carol, sam):
    alices, carols = api("alice"), api("carol")
    browser = browser_of("sam")
    staff = [each for each in listed(api("sam")) if each["kind"] == "BROWSER"]

    with nothing_written():
        for url in (url_of(current(alices)), url_of(staff[0]), f"{SESSIONS}{uuid7()}/"):
            problem_of(carols.delete(url), 404, "not_found")
    assert is_in(alices)
    assert works(browser)


def test_staff_see_their_browsers_and_end_them(api, sam):
    first, second = browser_of("sam"), browser_of("sam")
    client = api("sam")
    browsers = [each for each in listed(client) if each["kind"] == "BROWSER"]
    assert len(browsers) == 2
    assert browsers[0]["user_agent"] == "Old browser 1.0"
    assert browsers[0]["address"] == "203.0.113.7"
    assert not browsers[0]["is_current"]

    assert client.delete(url_of(browsers[1])).status_code == 204

    assert not works(first)
    assert works(second)
    assert len(listed(client)) == 2


def test_the_list_does_not_show_what_signs_a_browser_in(api, sam):
    browser = browser_of("sam")

    shown = api("sam").get(SESSIONS).content.decode()

    assert browser.cookies["sessionid"].value not in shown


def test_a_browser_that_has_signed_out_is_not_listed(api, sam):
    browser = browser_of("sam")
    browser.post("/admin/logout/")

    assert [each["kind"] for each in listed(api("sam"))] == ["API"]


@pytest.mark.parametrize("has_been_used", [True, False])
def test_signing_out_everywhere_ends_all(api, sam, alice, has_been_used):
    here, there, alices = api("sam"), api("sam"), api("alice")
    browser = browser_of("sam")
    if has_been_used:
        assert works(browser)

    answer = here.post(LOGOUT_ALL)

    assert (answer.status_code, answer.content) == (204, b"")
    assert not is_in(here)
    assert not is_in(there)
    assert not works(browser)
    assert is_in(alices)
    assert events_of("accounts.all_sessions_ended") == [{"user_id": str(sam.pk)}]
    assert lines_of("accounts.all_sessions_ended") == [(sam.pk, "ALLOWED")]


def test_signing_out_everywhere_ends_refresh_tokens(api, alice):
    tokens = start_session(user=alice.user, at=timezone.now())

    api("alice").post(LOGOUT_ALL)

    answer = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    problem_of(answer, 401, "invalid_token")


def test_a_user_agent_that_no_column_holds_does_no_harm_in_a_browser(sam):
    browser = Client(HTTP_USER_AGENT="x\0\xff" * 400)

    assert try_to_sign_in(browser, "sam").status_code == 302
    assert works(browser)
