"""Where one is signed in: looking at it, and signing out elsewhere."""

from datetime import timedelta
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession
from phr.core.ids import uuid7
from phr.identity.sign_in import start_session
from tests.attacks.acting import session_of, with_app
from tests.factories import StaffFactory
from tests.identity.account_steps import (
    PROFILE,
    REFRESH,
    browser_of,
    events_of,
    lines_of,
    log_in,
)
from tests.problem_answers import problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
SESSIONS, LOGOUT_ALL = "/api/auth/sessions/", "/api/auth/logout-all/"
FIELDS = {
    *("id", "created_at", "last_used_at", "address", "user_agent"),
    *("second_factor", "kind", "is_current"),
}


def sessions(client, **query):
    answer = client.get(SESSIONS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def ids(client, **query):
    return [session["id"] for session in sessions(client, **query)]


def end(client, session_id):
    return client.delete(f"{SESSIONS}{session_id}/")


def newest_id(user):
    return str(LoginSession.objects.filter(user=user).latest("created_at").pk)


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_one_sees_ones_sessions_the_newest_first(api, request, who):
    request.getfixturevalue(who)
    clients = [api(who) for _ in range(3)]

    for number, client in enumerate(clients):
        shown = sessions(client)
        assert [session["is_current"] for session in shown] == [
            place == 2 - number for place in range(3)
        ]
        assert all(session.keys() == FIELDS for session in shown)
        assert {session["kind"] for session in shown} == {"API"}
        times = [session["created_at"] for session in shown]
        assert times == sorted(times, reverse=True)


def test_a_session_tells_from_where_it_was_begun_and_by_what(alice):
    begun = APIClient().post(
        "/api/auth/login/",
        {"username": "alice", "password": "correct horse battery 7"},
        REMOTE_ADDR="203.0.113.7",
        headers={"user-agent": "Phone 3"},
    )
    client = APIClient()
    access = begun.json()["tokens"]["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")

    (session,) = sessions(client)

    assert (session["address"], session["user_agent"]) == ("203.0.113.7", "Phone 3")
    assert session["second_factor"] is False
    assert session["is_current"] is True


def test_a_session_begun_with_a_second_factor_says_so(api, alice):
    (session,) = sessions(api("alice"))

    assert session["second_factor"] is True


def test_nobody_sees_anothers_sessions(api, alice, carol, dr_bob):
    api("carol"), api("dr_bob")

    assert ids(api("alice")) == [newest_id(alice.user)]


def test_what_has_ended_is_not_shown(api, alice):
    client, other = api("alice"), api("alice")
    assert other.post("/api/auth/logout/").status_code == 204

    assert len(ids(client)) == 1


def test_what_cannot_be_refreshed_any_more_is_not_shown_nor_ended(api, alice, settings):
    client = api("alice")
    api("alice")
    old = newest_id(alice.user)
    used = timezone.now() - settings.REFRESH_TOKEN_LIFETIME + timedelta(minutes=1)
    LoginSession.objects.filter(pk=old).update(last_used_at=used)
    assert old in ids(client)

    LoginSession.objects.filter(pk=old).update(last_used_at=used - timedelta(minutes=2))

    assert old not in ids(client)
    with nothing_written():
        problem_of(end(client, old), 404, "not_found")


def test_all_sessions_come_in_pages_that_one_walks_both_ways(api, sam):
    for number in range(3):
        start_session(user=sam, at=timezone.now())
        browser_of(sam)
        if number == 1:
            start_session(user=sam, at=timezone.now())
    client = api("sam")
    whole = ids(client)
    assert len(whole) == 8

    pages = walk(client, f"{SESSIONS}?page_size=3", "next")
    assert [len(page["results"]) for page in pages] == [3, 3, 2]
    assert [each["id"] for page in pages for each in page["results"]] == whole
    back = walk(client, pages[-1]["previous"], "previous")
    shown = [each["id"] for page in reversed(back) for each in page["results"]]
    assert shown == whole[:6]


def walk(client, url, way):
    pages = []
    while url:
        pages.append(client.get(url).json())
        url = pages[-1][way]
    return pages


def test_sessions_of_one_instant_come_each_once(api, sam):
    now = timezone.now()
    for _ in range(3):
        start_session(user=sam, at=now)
        browser_of(sam)
    client = api("sam")
    LoginSession.objects.update(created_at=now)
    UserSession.objects.update(created_at=now)

    pages = walk(client, f"{SESSIONS}?page_size=2", "next")

    shown = [each["id"] for page in pages for each in page["results"]]
    assert len(shown) == len(set(shown)) == 7


def test_staff_see_their_browsers_too(api, sam):
    browser = browser_of(sam)
    key = str(browser.session.session_key)

    by_kind = sorted(sessions(api("sam")), key=lambda each: each["kind"])
    phone, in_browser = by_kind

    assert (in_browser["kind"], phone["kind"]) == ("BROWSER", "API")
    assert in_browser["user_agent"] == "Firefox"
    assert in_browser["address"] == "127.0.0.1"
    assert (in_browser["second_factor"], in_browser["is_current"]) == (False, False)
    assert str(key) not in str(in_browser)
    assert UUID(in_browser["id"])


def test_a_browser_that_was_signed_out_or_ran_out_is_not_shown(api, sam):
    client, signed_out, ran_out = api("sam"), browser_of(sam), browser_of(sam)
    assert len(ids(client)) == 3

    signed_out.post("/admin/logout/", follow=True)
    past = timezone.now() - timedelta(seconds=1)
    row = Session.objects.filter(session_key=ran_out.session.session_key)
    row.update(expire_date=past)

    assert ids(client) == [newest_id(sam)]


def test_one_ends_a_session_and_its_next_request_is_refused(api, alice):
    client = api("alice")
    tokens, other = session_of(alice.user)
    phone = APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    assert phone.get(PROFILE).status_code == 200

    assert end(client, other.pk).status_code == 204

    assert phone.get(PROFILE).status_code == 401
    refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    assert refreshed.status_code == 401
    assert client.get(PROFILE).status_code == 200
    assert lines_of("accounts.session_ended") == [(alice.user_id, alice.pk, "ALLOWED")]
    problem_of(end(client, other.pk), 404, "not_found")


def test_one_may_end_the_session_one_asks_with(api, alice):
    client = api("alice")

    assert end(client, newest_id(alice.user)).status_code == 204

    assert client.get(PROFILE).status_code == 401


def test_one_ends_a_browser_of_the_admin_site_by_its_id(api, sam):
    lost, kept, client = browser_of(sam), browser_of(sam), api("sam")
    by_age = [each for each in sessions(client) if each["kind"] == "BROWSER"]

    assert end(client, by_age[-1]["id"]).status_code == 204

    assert lost.get("/admin/").status_code == 302
    assert kept.get("/admin/").status_code == 200
    assert len(ids(client)) == 2
    assert lines_of("accounts.session_ended") == [(sam.pk, None, "ALLOWED")]
    with nothing_written():
        problem_of(end(client, by_age[-1]["id"]), 404, "not_found")


def test_anothers_session_reads_like_none(api, alice, carol, sam):
    client, staff = api("alice"), StaffFactory(username="rita", is_superuser=True)
    phone, browser = api("carol"), browser_of(sam)
    in_browser = next(each for each in sessions(api("sam")) if each["kind"] != "API")

    for session_id in (newest_id(carol.user), in_browser["id"], uuid7()):
        with nothing_written():
            problem_of(end(client, session_id), 404, "not_found")
    start_session(user=staff, at=timezone.now())
    assert phone.get(PROFILE).status_code == 200
    assert browser.get("/admin/").status_code == 200


def test_signing_out_everywhere_ends_all_of_ones_sessions(api, sam, alice):
    phone, tablet, browser = api("sam"), api("sam"), browser_of(sam)
    tokens, _ = session_of(sam)
    alices = api("alice")

    assert phone.post(LOGOUT_ALL).status_code == 204

    assert phone.get(PROFILE).status_code == 401
    assert tablet.get(PROFILE).status_code == 401
    assert browser.get("/admin/").status_code == 302
    refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
    assert refreshed.status_code == 401
    assert alices.get(PROFILE).status_code == 200
    assert lines_of("accounts.all_sessions_ended") == [(sam.pk, None, "ALLOWED")]
    assert events_of("accounts.all_sessions_ended") == [{"user_id": str(sam.pk)}]
    assert log_in("sam").status_code == 200


def test_a_second_factor_ends_the_sessions_begun_without_one(alice):
    """But for the one that has set it up."""
    tokens, begun_without = session_of(alice.user)

    with_app(alice.user)

    phone = APIClient()
    phone.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    assert phone.get(PROFILE).status_code == 401
    live = LoginSession.objects.filter(user=alice.user, revoked_at=None)
    assert begun_without not in live
    assert [session.second_factor for session in live] == [True]
