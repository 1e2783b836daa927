"""E-mail addresses: claimed, and confirmed by a link in a mail."""

import re
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.links import confirmation_key
from phr.accounts.models import User
from phr.identity.email_confirmation import confirm_email
from tests.accounts.bodies import PASSWORD as NORAS_PASSWORD
from tests.accounts.bodies import patient_body
from tests.at_once import all_at_once
from tests.factories import UserFactory
from tests.identity.account_steps import (
    RESEND,
    addresses_of,
    change_address,
    confirm_address,
    confirmation_key_of,
    events_of,
    lines_of,
    log_in,
    open_confirmation_link,
)
from tests.problem_answers import problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)
REGISTER = "/api/auth/register/"
SHARED = "shared@example.org"


def test_who_registers_confirms_by_the_link_of_the_mail(deliver):
    assert APIClient().post(REGISTER, patient_body()).status_code == 201
    nora = User.objects.get(username="nora")
    deliver()
    (arrived,) = mail.outbox
    (key,) = re.findall(r"/account/confirm-email/#key=(\S+)", str(arrived.body))
    assert arrived.to == ["nora@example.org"]
    assert addresses_of(nora) == {"nora@example.org": (False, True)}

    assert open_confirmation_link(key).status_code == 204

    assert addresses_of(nora) == {"nora@example.org": (True, True)}
    entered = [(nora.pk, nora.patient_profile.pk, "ALLOWED")]
    assert lines_of("accounts.email_confirmed") == entered
    assert events_of("accounts.email_confirmed") == [{"user_id": str(nora.pk)}]


def test_confirming_signs_nobody_in(alice):
    done = open_confirmation_link(confirmation_key_of(alice.user))

    assert (done.status_code, done.content, dict(done.cookies)) == (204, b"", {})


def test_an_address_in_capitals_is_the_same_address(alice):
    User.objects.filter(pk=alice.user_id).update(email="Alice@Example.org")
    alice.user.refresh_from_db()

    assert open_confirmation_link(confirmation_key_of(alice.user)).status_code == 204

    assert addresses_of(alice.user) == {"alice@example.org": (True, True)}


def test_a_link_to_confirm_works_once(alice):
    key = confirmation_key_of(alice.user)
    assert open_confirmation_link(key).status_code == 204

    with nothing_written():
        problem_of(open_confirmation_link(key), 403, "invalid_link")


def test_a_link_to_confirm_works_for_an_hour(alice):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        key = confirmation_key_of(alice.user)
        clock.shift(AN_HOUR + timedelta(seconds=1))
        problem_of(open_confirmation_link(key), 403, "invalid_link")
        clock.shift(timedelta(seconds=-2))
        assert open_confirmation_link(key).status_code == 204


@pytest.mark.parametrize("key", ["x", "1:2:3", "MQ:1abc:forged", "é", "a" * 500])
def test_a_forged_link_confirms_nothing(alice, key):
    confirmation_key_of(alice.user)

    with nothing_written():
        problem_of(open_confirmation_link(key), 403, "invalid_link")


def test_a_link_of_a_blocked_account_confirms_nothing(alice):
    key = confirmation_key_of(alice.user)
    User.objects.filter(pk=alice.user_id).update(is_active=False)

    with nothing_written():
        problem_of(open_confirmation_link(key), 403, "invalid_link")


def test_a_link_of_an_address_given_up_meanwhile_confirms_nothing(api, alice):
    key = confirmation_key_of(alice.user)
    change_address(api("alice"), "moreau@example.org")

    with nothing_written():
        problem_of(open_confirmation_link(key), 403, "invalid_link")
    assert addresses_of(alice.user) == {"moreau@example.org": (False, True)}


def keys_to_one_address(*users):
    """Each has entered the same address, whose mail one of them reads."""
    for user in users:
        EmailAddress.objects.create(user=user, email=SHARED, primary=True)
    return [confirmation_key(user, SHARED) for user in users]


def test_who_confirms_an_address_first_has_it(alice, carol):
    first, second = keys_to_one_address(carol.user, alice.user)

    assert open_confirmation_link(first).status_code == 204
    with nothing_written():
        problem_of(open_confirmation_link(second), 409, "address_taken")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_an_address_at_once_one_has_it(alice, carol):
    keys = keys_to_one_address(alice.user, carol.user)

    answers = all_at_once([partial(open_confirmation_link, key) for key in keys])

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert EmailAddress.objects.filter(verified=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_one_link_that_is_opened_often_at_once_one_counts(alice):
    key = confirmation_key_of(alice.user)

    answers = all_at_once([partial(open_confirmation_link, key)] * 4)

    assert Counter(a.status_code for a in answers) == {204: 1, 403: 3}
    assert len(events_of("accounts.email_confirmed")) == 1


def test_another_broken_rule_is_not_taken_for_a_taken_address(alice, monkeypatch):
    def broken(pk):
        raise IntegrityError("another constraint")

    monkeypatch.setattr("phr.identity.email_confirmation.confirm_claimed", broken)

    with pytest.raises(IntegrityError, match="another constraint"):
        confirm_email(key=confirmation_key_of(alice.user))


def test_a_link_is_sent_again_five_times_an_hour(api, alice, carol):
    client = api("alice")
    for _ in range(5):
        assert client.post(RESEND).status_code == 202

    with nothing_written():
        refused = client.post(RESEND)
    problem_of(refused, 429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert len(events_of("accounts.address_to_confirm")) == 5
    assert api("carol").post(RESEND).status_code == 202


def test_whoever_asks_for_a_link_that_would_be_dropped_is_told(api, alice, deliver):
    """Strangers have registered with the address, and have had its links sent."""
    for _ in range(5):
        user = UserFactory(email=alice.user.email)
        with transaction.atomic():
            claim_address(user)
    deliver()
    client = api("alice")

    with nothing_written():
        refused = problem_of(client.post(RESEND), 429, "too_many_requests")
    assert "to this address" in refused["detail"]


def test_a_link_that_was_sent_again_confirms(api, alice, deliver):
    assert api("alice").post(RESEND).status_code == 202
    deliver()

    (key,) = re.findall(r"#key=(\S+)", str(mail.outbox[-1].body))

    assert open_confirmation_link(key).status_code == 204


def test_nothing_is_sent_again_once_the_address_is_confirmed(api, alice):
    confirm_address(alice.user)
    client = api("alice")

    with nothing_written():
        problem_of(client.post(RESEND), 409, "address_confirmed")


def test_a_password_is_no_proof_of_an_address():
    APIClient().post(REGISTER, patient_body())
    log_in("nora", NORAS_PASSWORD)

    assert not EmailAddress.objects.filter(verified=True).exists()
