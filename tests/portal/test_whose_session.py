"""Whose session of a browser it is comes with the session, by one statement."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from phr.accounts.models import User
from phr.identity.browser_backend import BrowserBackend, having_read
from tests.access.browsers import browser_of
from tests.portal.reading import queries_of, text_of

INBOX = "/inbox/"


def is_page_of(client: Client, user: User) -> bool:
    return f'data-person="{user.pk}"' in text_of(client.get(INBOX))


def test_session_and_person_are_one_statement(alice: Any) -> None:
    client = browser_of(alice.user)

    asked = queries_of(client, INBOX)

    assert ["django_session" in sql for sql in asked if '"password"' in sql] == [True]
    assert len(asked) == 3


def test_it_is_whose_the_session_says_however_it_is_listed(
    alice: Any, carol: Any
) -> None:
    client = browser_of(alice.user)
    UserSession.objects.update(user=carol.user)

    assert is_page_of(client, alice.user)


def test_a_session_that_is_not_listed_yet_is_somebodys_too(alice: Any) -> None:
    client = browser_of(alice.user)
    UserSession.objects.all().delete()

    assert is_page_of(client, alice.user)
    assert UserSession.objects.get().user == alice.user


def test_who_was_read_for_one_session_is_not_taken_for_another(
    alice: Any, carol: Any
) -> None:
    with having_read(carol.user):
        assert BrowserBackend().get_user(alice.user_id) == alice.user
        assert BrowserBackend().get_user(carol.user_id) is carol.user

    assert BrowserBackend().get_user(carol.user_id) is not carol.user


@pytest.mark.parametrize("is_active", [True, False])
def test_whoever_is_blocked_is_nobody_also_if_read_before(
    alice: Any, *, is_active: bool
) -> None:
    alice.user.is_active = is_active

    with having_read(alice.user):
        found = BrowserBackend().get_user(alice.user_id)

    assert (found is not None) == is_active
