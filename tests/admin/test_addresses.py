"""Staff who change somebody's address do no more than its owner could."""

from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.links import confirmation_key, reset_key
from phr.accounts.models import Mail, User
from phr.identity.email_confirmation import confirm_email
from tests.admin.test_accounts import ADD, change, new_person
from tests.cast import with_permissions
from tests.identity.steps import events_of, log_in
from tests.problem_answers import problem_of
from tests.rows import nothing_written

MOVED = "moved@example.org"


@pytest.fixture
def manager(nina):
    return with_permissions(nina, "view_user", "change_user", "change_address")


def confirm_address(user):
    with transaction.atomic():
        claim_address(user)
    confirm_email(key=confirmation_key(user, user.email))


def who_gets_a_link(email):
    APIClient().post("/api/auth/password/forgot/", {"email": email})
    return UUID(events_of("accounts.password_reset_asked")[-1]["user_id"])


def test_a_mistyped_address_is_no_way_in_and_the_old_one_is(alice, manager, browser):
    confirm_address(alice.user)

    change(browser(manager), alice.user, email=MOVED)

    assert who_gets_a_link(MOVED) == UUID(int=0)
    assert who_gets_a_link("alice@example.org") == alice.user_id


def test_a_link_for_a_new_password_is_spent_by_it(alice, manager, browser):
    key = reset_key(alice.user)
    change(browser(manager), alice.user, email=MOVED)
    new = {
        "password": "purple monkey dish 8",
        "password_confirm": "purple monkey dish 8",
    }

    with nothing_written():
        answer = APIClient().post("/api/auth/password/reset/", new | {"key": key})

    problem_of(answer, 403, "invalid_link")
    assert log_in().status_code == 200


def test_another_change_leaves_the_address_alone(alice, manager, browser):
    confirm_address(alice.user)
    before = list(EmailAddress.objects.values())

    change(browser(manager), alice.user, first_name="Alicia")

    assert list(EmailAddress.objects.values()) == before
    assert not Mail.objects.exists()


def test_an_account_made_here_is_asked_to_confirm_its_address(rita, browser):
    assert browser(rita).post(ADD, new_person()).status_code == 302

    user = User.objects.get(username="newcomer")
    assert events_of("accounts.address_to_confirm") == [{"user_id": str(user.pk)}]
    assert not EmailAddress.objects.get(user=user).verified
