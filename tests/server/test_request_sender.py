"""Whom a request counts for: a user, a session, an address."""

from ipaddress import ip_network
from uuid import UUID

import jwt
import pytest
from django.test import Client
from pytest_django import Settings

from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import TokenType, check_token
from phr.interfaces.browser import SIGNED_IN_AS
from server import request_sender
from server.request_sender import BrowserSessions
from tests.server.entering import (
    CLIENT,
    RECORDS,
    Entering,
    key_of,
    request,
    token_of,
    with_token,
)


@pytest.mark.django_db
def test_a_request_with_a_token_of_ours_counts_for_its_user(
    session: LoginSession,
) -> None:
    here = with_token(token_of(session))
    elsewhere = with_token(token_of(session), REMOTE_ADDR="198.51.100.1")

    assert key_of(here) == key_of(elsewhere) == session.user_id


@pytest.mark.django_db
def test_a_token_that_is_not_ours_counts_for_the_client_and_for_no_user(
    session: LoginSession,
) -> None:
    ours = token_of(session)
    claims = jwt.decode(ours, options={"verify_signature": False})
    head, _, signature = ours.rpartition(".")
    forged = [
        jwt.encode(claims, "x" * 32, "HS256", headers=jwt.get_unverified_header(ours)),
        jwt.encode(claims, "", "none"),
        f"{head}.{signature[::-1]}",
        f"{head}.",
        token_of(session, TokenType.REFRESH),
        "x" * 100_000,
        "",
    ]

    assert {key_of(with_token(token)) for token in forged} == {CLIENT}


def test_without_a_token_a_request_counts_for_the_client() -> None:
    assert key_of(request()) == CLIENT
    assert key_of(request(HTTP_AUTHORIZATION="Basic YWxpY2U6eA==")) == CLIENT


def test_what_a_stranger_forwards_is_not_believed(settings: Settings) -> None:
    forged = request(HTTP_X_FORWARDED_FOR="198.51.100.1")

    assert key_of(forged) == CLIENT


def test_behind_a_proxy_of_ours_the_client_behind_it_counts(
    settings: Settings,
) -> None:
    settings.TRUSTED_PROXIES = [ip_network(f"{CLIENT}/32")]
    behind = request(HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.1")

    assert key_of(behind) == "198.51.100.1"


def test_all_addresses_of_one_customer_count_together() -> None:
    one, another = (
        request(REMOTE_ADDR=f"2001:db8:1:2::{last}") for last in ("1", "ffff")
    )
    neighbour = request(REMOTE_ADDR="2001:db8:1:3::1")

    assert key_of(one) == key_of(another) != key_of(neighbour)


ADMIN = "/admin/"


COOKIE = {"HTTP_COOKIE": "a=b; sessionid=abc"}


def test_a_session_that_an_answer_has_shown_counts_for_its_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sessions = BrowserSessions()
    monkeypatch.setattr(request_sender, "browser_sessions", sessions)
    assert key_of(request(ADMIN, **COOKIE)) == CLIENT

    sessions.learn(request(ADMIN, **COOKIE) | {SIGNED_IN_AS: UUID(int=1)})

    assert key_of(request(ADMIN, **COOKIE)) == UUID(int=1)
    assert key_of(request(RECORDS, **COOKIE)) == CLIENT  # the API takes no cookies
    assert key_of(request(ADMIN, HTTP_COOKIE="sessionid=abd")) == CLIENT
    sessions.learn(request(ADMIN, **COOKIE))  # which says nothing about it
    assert key_of(request(ADMIN, **COOKIE)) == UUID(int=1)
    sessions.learn(request(ADMIN, **COOKIE) | {SIGNED_IN_AS: None})
    assert key_of(request(ADMIN, **COOKIE)) == CLIENT


def test_made_up_sessions_are_no_new_shares_and_take_no_memory() -> None:
    sessions = BrowserSessions()
    for number in range(100):
        made_up = request(ADMIN, HTTP_COOKIE=f"sessionid={number}")
        sessions.learn(made_up | {SIGNED_IN_AS: None})

    assert sessions.users == {}


def test_of_sessions_the_newest_are_remembered() -> None:
    sessions = BrowserSessions()
    for number in range(request_sender.SESSIONS_REMEMBERED + 10):
        environ = request(ADMIN, HTTP_COOKIE=f"sessionid={number}")
        sessions.learn(environ | {SIGNED_IN_AS: UUID(int=number)})

    assert len(sessions.users) == request_sender.SESSIONS_REMEMBERED
    assert sessions.user_of(environ) == UUID(int=number)


@pytest.mark.django_db
def test_an_answer_of_the_admin_site_tells_whose_session_it_was(
    client: Client, sam: User
) -> None:
    stranger = client.get(ADMIN).wsgi_request.META[SIGNED_IN_AS]
    client.force_login(sam)

    assert stranger is None
    assert client.get(ADMIN).wsgi_request.META[SIGNED_IN_AS] == sam.pk


@pytest.mark.django_db
def test_the_signature_of_a_token_is_looked_at_once(
    entering: Entering, session: LoginSession
) -> None:
    token = token_of(session)
    before = check_token.cache_info()

    entering.enter(with_token(token))
    entering.enter(with_token(token))

    after = check_token.cache_info()
    assert (after.misses - before.misses, after.hits > before.hits) == (1, True)
