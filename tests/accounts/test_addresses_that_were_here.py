"""Addresses from before there was one spelling: what the migration makes of them."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from rest_framework.test import APIClient

from phr.accounts.links import confirmation_key
from phr.accounts.models import Mail, User
from tests.factories import UserFactory
from tests.identity.account_steps import CONFIRM, FORGOT, log_in

pytestmark = pytest.mark.django_db
migration = import_module("phr.accounts.migrations.0016_addresses_have_one_spelling")


def account(username: str, email: str, *, verified: bool = True) -> User:
    """As it was stored before."""
    user: User = UserFactory(username=username, email=email)
    claim(user, email, verified=verified, primary=True)
    return user


def claim(user: User, email: str, **state: bool) -> None:
    EmailAddress.objects.create(user=user, email=email.lower(), **state)


def state() -> dict[tuple[str, str], tuple[bool, bool]]:
    """Of each account and address: whether it is confirmed, and the one that counts."""
    return {
        (row.user.username, row.email): (row.verified, row.primary)
        for row in EmailAddress.objects.select_related("user")
    }


def migrate() -> None:
    migration.respell(apps, None)


def test_what_people_had_works_in_every_spelling(deliver):
    account("ada", "Ada@XN--bcher-kva.example")
    account("bo", "Bo@BÜCHER.example")

    migrate()
    migrate()  # it changes nothing more

    assert state() == {
        ("ada", "ada@bücher.example"): (True, True),
        ("bo", "bo@bücher.example"): (True, True),
    }
    assert User.objects.get(username="bo").email == "Bo@bücher.example"
    for typed in ("ada@bücher.example", "ADA@xn--bcher-kva.example"):
        assert log_in(typed).json()["user"]["username"] == "ada"
    APIClient().post(FORGOT, {"email": "bo@xn--bcher-kva.example"})
    deliver()
    assert [arrived.to for arrived in mail.outbox] == [["bo@xn--bcher-kva.example"]]


def test_what_readers_of_another_domain_have_confirmed_is_not_confirmed():
    account("ada", "ada@straße.example")  # by whoever reads ada@strasse.example
    account("bo", "bo@xn--strae-oqa.example")  # this mail did go there

    migrate()

    assert state() == {
        ("ada", "ada@straße.example"): (False, True),
        ("bo", "bo@straße.example"): (True, True),
    }


@pytest.mark.parametrize(
    ("email", "status"),
    [("ada@straße.example", 403), ("ada@bücher.example", 204)],
)
def test_a_link_that_went_to_another_domain_confirms_nothing(email, status):
    user = account("ada", email, verified=False)
    key = confirmation_key(user, email)

    migrate()

    answer = APIClient().post(CONFIRM, {"key": key})
    assert answer.status_code == status
    assert state() == {("ada", email): (status == 204, True)}


def test_of_two_who_have_confirmed_one_mailbox_the_first_keeps_it():
    account("first", "x@bücher.example")
    account("second", "x@xn--bcher-kva.example")

    migrate()

    assert state() == {
        ("first", "x@bücher.example"): (True, True),
        ("second", "x@bücher.example"): (False, True),
    }


def test_two_spellings_of_one_account_become_one():
    ada = account("ada", "ada@xn--bcher-kva.example", verified=False)
    claim(ada, "ada@bücher.example", verified=True, primary=False)

    migrate()

    assert state() == {("ada", "ada@bücher.example"): (True, True)}


def test_what_has_no_form_in_dns_stays_and_so_does_all_in_ascii():
    account("ada", "ada@☃.example")
    account("bo", "Bo@Example.org")

    migrate()

    assert state() == {
        ("ada", "ada@☃.example"): (True, True),
        ("bo", "bo@example.org"): (True, True),
    }
    assert User.objects.get(username="ada").email == "ada@☃.example"
    assert User.objects.get(username="bo").email == "Bo@Example.org"


def test_mails_are_counted_for_the_mailbox_they_go_to():
    kind, address = "accounts.verify_email", "x+1@straße.example"
    Mail.objects.create(address=address, mailbox="x@strasse.example", kind=kind)

    migrate()

    assert Mail.objects.get().mailbox == "x@xn--strae-oqa.example"


def test_addresses_are_respelled_in_batches(monkeypatch):
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    for number in range(5):
        account(f"person-{number}", f"p{number}@BÜCHER.example")

    migrate()

    assert User.objects.filter(email__endswith="@bücher.example").count() == 5
    assert EmailAddress.objects.filter(email__endswith="@bücher.example").count() == 5
