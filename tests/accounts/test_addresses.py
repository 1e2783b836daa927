"""E-mail addresses: claimed by whoever enters them, confirmed by a link, once."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.addresses import claim, confirmation_key, is_confirmed
from phr.accounts.models import Mail, User
from tests.accounts.bodies import patient_body
from tests.accounts.steps import PROFILE, events_of, lines_of, log_in
from tests.at_once import all_at_once
from tests.factories import PatientFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written

CONFIRM, RESEND = "/api/auth/email/confirm/", "/api/auth/email/resend/"
FORGOT, REGISTER = "/api/auth/password/forgot/", "/api/auth/register/"


def confirm(key):
    return APIClient().post(CONFIRM, {"key": key})


def link_of(user):
    with transaction.atomic():
        claim(user)
    return confirmation_key(user, user.email)


def confirm_address(user):
    assert confirm(link_of(user)).status_code == 204


def change_address(client, email):
    assert client.patch(PROFILE, {"user": {"email": email}}).status_code == 200


def refused(key):
    with nothing_written():
        problem_of(confirm(key), 403, "invalid_link")


def who_gets_a_link(email):
    APIClient().post(FORGOT, {"email": email})
    return UUID(events_of("accounts.password_reset_asked")[-1]["user_id"])


@pytest.fixture
def key(alice):
    """What stands in the link that Alice was sent."""
    return link_of(alice.user)


def test_a_registration_asks_to_confirm_the_address(db):
    answer = APIClient().post(REGISTER, patient_body(email="Nora@Example.org"))

    user = User.objects.get(pk=answer.json()["user"]["id"])
    claimed = EmailAddress.objects.get(user=user)
    assert (claimed.email, claimed.verified) == ("nora@example.org", False)
    assert claimed.primary
    assert events_of("accounts.address_to_confirm") == [{"user_id": str(user.pk)}]
    assert not is_confirmed(user)


def test_the_link_confirms_the_address_once(alice, key):
    answer = confirm(key)

    assert (answer.status_code, answer.content) == (204, b"")
    assert is_confirmed(alice.user)
    assert events_of("accounts.email_confirmed") == [{"user_id": str(alice.user_id)}]
    assert lines_of("accounts.email_confirmed") == [(alice.user_id, "ALLOWED")]
    refused(key)


def test_the_link_works_for_an_hour(alice):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        key = link_of(alice.user)
    with time_machine.travel(now + timedelta(hours=1, seconds=1), tick=False):
        refused(key)
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert confirm(key).status_code == 204


@pytest.mark.parametrize("wrong", ["x", "a:b:c", "é:ü:ö", "9" * 500])
def test_what_is_no_link_of_ours_is_refused(key, wrong):
    refused(wrong)
    refused(key[:-1] + ("A" if key[-1] != "A" else "B"))


def test_a_blocked_account_confirms_nothing(alice, key):
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    refused(key)


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_of_one_link_at_once_one_counts(key):
    answers = all_at_once([partial(confirm, key)] * 4)

    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]
    assert len(events_of("accounts.email_confirmed")) == 1


def test_whoever_confirms_first_has_the_address(alice, key):
    other = PatientFactory(user__username="other", user__email="ALICE@example.org").user
    assert confirm(link_of(other)).status_code == 204

    with nothing_written():
        problem_of(confirm(key), 409, "address_taken")
    assert not is_confirmed(alice.user)


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_confirm_an_address_at_once_one_has_it(alice, key):
    other = PatientFactory(user__username="other", user__email="alice@example.org").user
    keys = [key, link_of(other)]

    answers = all_at_once([partial(confirm, each) for each in keys])

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert EmailAddress.objects.filter(verified=True).count() == 1


def test_one_signs_in_by_the_address_that_one_has_confirmed(db):
    """The older account has the address as well, and has not confirmed it."""
    PatientFactory(user__username="older", user__email="shared@example.org")
    newer = PatientFactory(user__username="newer", user__email="shared@example.org")
    assert log_in("shared@example.org").json()["user"]["username"] == "older"

    confirm_address(newer.user)

    assert log_in("Shared@Example.org").json()["user"]["username"] == "newer"


def test_the_old_address_is_told_of_a_new_one(api, alice):
    change_address(api("alice"), "moved@example.org")

    mail = Mail.objects.get()
    assert (mail.address, mail.kind) == ("alice@example.org", "accounts.email_changed")
    assert mail.user == alice.user
    assert events_of("accounts.mail_due") == [{"mail_id": str(mail.pk)}]
    assert events_of("accounts.email_changed") == [{"user_id": str(alice.user_id)}]
    asked = events_of("accounts.address_to_confirm")
    assert asked == [{"user_id": str(alice.user_id)}]


def test_the_same_address_in_another_case_is_no_new_one(api, alice, key):
    change_address(api("alice"), "Alice@Example.org")

    assert not Mail.objects.exists()
    assert confirm(key).status_code == 204
    alice.user.refresh_from_db()
    assert is_confirmed(alice.user)


def test_until_the_new_address_is_confirmed_the_old_one_gets_links(api, alice):
    confirm_address(alice.user)
    change_address(api("alice"), "moved@example.org")
    alice.user.refresh_from_db()
    assert who_gets_a_link("alice@example.org") == alice.user_id
    assert who_gets_a_link("moved@example.org") == UUID(int=0)

    assert confirm(confirmation_key(alice.user, "moved@example.org")).status_code == 204

    assert who_gets_a_link("alice@example.org") == UUID(int=0)
    assert who_gets_a_link("moved@example.org") == alice.user_id


def test_back_at_a_confirmed_address_there_is_nothing_to_confirm(api, alice):
    confirm_address(alice.user)
    client = api("alice")
    change_address(client, "moved@example.org")
    asked = len(events_of("accounts.address_to_confirm"))

    change_address(client, "alice@example.org")

    assert len(events_of("accounts.address_to_confirm")) == asked
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("alice@example.org", True, True)
    ]


def test_a_link_to_an_address_of_before_does_not_work(api, alice, key):
    client = api("alice")
    change_address(client, "moved@example.org")
    refused(key)
    change_address(client, "alice@example.org")
    refused(key)


def test_a_link_is_sent_again_five_times_an_hour(api, alice):
    client = api("alice")
    for _ in range(5):
        assert client.post(RESEND).status_code == 202

    with nothing_written():
        problem_of(client.post(RESEND), 429, "too_many_requests")
    assert len(events_of("accounts.address_to_confirm")) == 5


def test_for_a_confirmed_address_no_link_is_sent(api, alice, key):
    confirm(key)
    client = api("alice")

    with nothing_written():
        problem_of(client.post(RESEND), 409, "address_confirmed")
