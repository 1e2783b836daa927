"""E-mail addresses: changed, and used to sign in."""

import pytest
from django.core import mail
from rest_framework.test import APIClient

from phr.accounts.addresses import with_confirmed_address
from phr.accounts.models import Mail
from tests.admin.test_accounts import change
from tests.factories import PatientFactory, StaffFactory
from tests.identity.account_steps import (
    FORGOT,
    addresses_of,
    browser_of,
    change_address,
    confirm_address,
    confirmation_key_of,
    events_of,
    log_in,
    open_confirmation_link,
)
from tests.problem_answers import problem_of

pytestmark = pytest.mark.django_db
CHANGED = "accounts.email_changed"


def test_the_old_address_hears_that_it_was_changed(api, alice, deliver):
    confirm_address(alice.user)

    change_address(api("alice"), "moreau@example.org")

    posted = Mail.objects.get(kind=CHANGED)
    assert (posted.user, posted.address) == (alice.user, "alice@example.org")
    assert events_of(CHANGED) == [{"user_id": str(alice.user_id)}]
    deliver()
    by_address = {arrived.to[0]: arrived.body for arrived in mail.outbox}
    assert "moreau@example.org" not in by_address["alice@example.org"]
    assert "#key=" not in by_address["alice@example.org"]
    assert any("#key=" in sent.body for sent in mail.outbox)


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@example.org"])
def test_the_same_address_in_other_letters_is_no_change(api, alice, email):
    confirm_address(alice.user)

    change_address(api("alice"), email)

    assert not Mail.objects.exists()
    assert events_of(CHANGED) == events_of("accounts.address_to_confirm") == []
    assert addresses_of(alice.user) == {"alice@example.org": (True, True)}


def test_the_old_address_gets_links_until_the_new_one_is_confirmed(api, alice, deliver):
    confirm_address(alice.user)
    change_address(api("alice"), "moreau@example.org")
    assert addresses_of(alice.user) == {
        "alice@example.org": (True, False),
        "moreau@example.org": (False, True),
    }

    assert reset_mails(deliver, "moreau@example.org") == []
    assert reset_mails(deliver, "alice@example.org") == ["alice@example.org"]

    alice.user.refresh_from_db()
    assert open_confirmation_link(confirmation_key_of(alice.user)).status_code == 204
    assert addresses_of(alice.user) == {"moreau@example.org": (True, True)}
    assert reset_mails(deliver, "alice@example.org") == []
    assert reset_mails(deliver, "moreau@example.org") == ["moreau@example.org"]


def reset_mails(deliver, email):
    """Ask for a link to an address: where it goes."""
    deliver()
    mail.outbox.clear()
    assert APIClient().post(FORGOT, {"email": email}).status_code == 202
    deliver()
    return [arrived.to[0] for arrived in mail.outbox]


def test_who_goes_back_to_a_confirmed_address_need_not_confirm_it_again(api, alice):
    confirm_address(alice.user)
    client = api("alice")
    change_address(client, "moreau@example.org")

    change_address(client, "alice@example.org")

    assert addresses_of(alice.user) == {"alice@example.org": (True, True)}
    assert len(events_of("accounts.address_to_confirm")) == 1


def test_an_address_signs_in_the_account_that_has_confirmed_it(alice):
    """Even if another account writes the same address, in other letters."""
    twin = PatientFactory(user__username="twin", user__email="Alice@Example.org").user
    twin.set_password("the twin's own sentence 6")
    twin.save()
    confirm_address(twin)

    answer = log_in("alice@example.org", "the twin's own sentence 6")

    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == str(twin.pk)
    problem_of(log_in("alice@example.org"), 401, "invalid_credentials")


def test_an_address_that_nobody_confirmed_signs_in_who_entered_it(alice):
    assert log_in("alice@example.org").status_code == 200


def test_whose_address_was_confirmed_is_found_by_one_query(
    alice, carol, dr_bob, django_assert_num_queries
):
    confirm_address(alice.user)
    confirm_address(carol.user, "former@example.org")
    people = [alice.user, carol.user, dr_bob.user]

    with django_assert_num_queries(1):
        assert with_confirmed_address(people) == [alice.user]


def test_staff_who_change_an_address_tell_the_old_one_and_ask_nobody(alice, deliver):
    confirm_address(alice.user)
    deliver()
    mail.outbox.clear()
    client = browser_of(StaffFactory(username="rita", is_superuser=True))

    assert change(client, alice.user, email="moreau@example.org").status_code == 302

    assert addresses_of(alice.user) == {"alice@example.org": (True, False)}
    deliver()
    assert [sent.to for sent in mail.outbox] == [["alice@example.org"]]
