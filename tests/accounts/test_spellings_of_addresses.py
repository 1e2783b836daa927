"""One mailbox has one spelling, whatever people type, and no other domain has it."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.links import confirmation_key
from phr.accounts.models import Mail, User
from phr.care.models import PatientProfile
from tests.accounts.bodies import PASSWORD, patient_body
from tests.admin.test_accounts import change
from tests.conftest import Api
from tests.factories import StaffFactory, UserFactory
from tests.identity.account_steps import (
    CONFIRM,
    FORGOT,
    PROFILE,
    browser_of,
    confirm_address,
    events_of,
    log_in,
)
from tests.problem_answers import problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
REGISTER = "/api/auth/register/"
WITH_SHARP_S, WITH_TWO_S = "x@straße.example", "x@strasse.example"
SPELLINGS = [
    "x@straße.example",
    "X@xn--strae-oqa.example",
    "x@XN--Strae-OQA.Example",
    "x@STRAẞE.example",
    "x@stra\u00adße.example",
    "x@\uff53\uff54\uff52\uff41ße\uff0eexample",
    "x@straße。example",
    '"x"@straße.example',
    '"\\x"@straße.example',
]
OF_OTHER_SCRIPTS = [
    ("x@bu\u0308cher.example", "x@bücher.example", "xn--bcher-kva"),
    ("x@ΟΔΟΣ.example", "x@οδοσ.example", "xn--pxavbq"),
    ("x@οδος.example", "x@οδος.example", "xn--pxavbm"),
    ("x@नेटवर्क.example", "x@नेटवर्क.example", "xn--11bt0a7aya0ixb"),
    ("x@क्\u200dष.example", "x@क्\u200dष.example", "xn--11b2ezcw70k"),
    ("x@דוגמה.example", "x@דוגמה.example", "xn--6dbbec0c"),
    ("x@މިއަދަކީ.example", "x@މިއަދަކީ.example", "xn--nqbbfj8kbkn"),
    ("x@𠮷野家.example", "x@𠮷野家.example", "xn--fctt27jo60v"),
]
NO_ADDRESS_OF_DNS = [
    "x@☃.example",  # a picture, which IDNA 2003 had
    "x@xn--n3h.example",  # the same
    "x@xn--a.example",
    "x@xn--straße.example",
    "x@a\u200db.example",  # a joiner between letters that it does not join
    "x@\u0301a.example",
    "x@-ü.example",
    "x@aא.example",  # two directions in one label
    "x@" + "ü" * 60 + ".example",
    "x@" + ".".join(["ü" * 40] * 6) + ".example",
    "x@ü..example",
    "x@ü.example.",
    "ü@bücher.example",
    "\u212aelvin@bücher.example",  # a Kelvin sign
    "\uff58@bücher.example",
    "x\uff20bücher.example",
    '"a b"@bücher.example',
    "x@[127.0.0.1]",
    "x@[::1]",
]


def register(email: str, **changes: Any) -> Any:
    return APIClient().post(REGISTER, patient_body(email=email, **changes))


@pytest.mark.parametrize("typed", SPELLINGS)
def test_what_is_typed_is_kept_in_one_spelling(typed: str, deliver: Any) -> None:
    answer = register(typed)
    deliver()

    assert answer.json()["user"]["email"].lower() == WITH_SHARP_S
    assert EmailAddress.objects.get().email == WITH_SHARP_S
    assert [arrived.to for arrived in mail.outbox] == [
        [answer.json()["user"]["email"].replace("straße", "xn--strae-oqa")]
    ]


@pytest.mark.parametrize(("typed", "kept", "label"), OF_OTHER_SCRIPTS)
def test_domains_of_every_script_get_their_mail(
    typed: str, kept: str, label: str, deliver: Any
) -> None:
    answer = register(typed)
    deliver()

    assert answer.json()["user"]["email"] == kept
    assert [arrived.to for arrived in mail.outbox] == [[f"x@{label}.example"]]
    assert log_in(typed, PASSWORD).status_code == 200


@pytest.mark.parametrize("typed", NO_ADDRESS_OF_DNS)
def test_what_has_no_form_in_dns_is_refused(
    typed: str, api: Api, alice: PatientProfile
) -> None:
    client = api("alice")

    with nothing_written():
        refused = register(typed), APIClient().post(FORGOT, {"email": typed})
        own = client.patch(PROFILE, {"user": {"email": typed}})

    for answer in refused:
        assert [error["field"] for error in answer.json()["errors"]] == ["email"]
        assert answer.status_code == 400
    assert own.status_code == 400
    assert [error["field"] for error in own.json()["errors"]] == ["user.email"]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_any_spelling_signs_in_and_resets_and_no_other_domain_does(
    typed: str, alice: PatientProfile
) -> None:
    owner = UserFactory(username="owner", email=WITH_SHARP_S)
    UserFactory(username="other", email=WITH_TWO_S, password="another long one 5")
    confirm_address(owner)

    assert log_in(typed).json()["user"]["username"] == "owner"
    problem_of(log_in(WITH_TWO_S), 401, "invalid_credentials")
    assert APIClient().post(FORGOT, {"email": typed}).status_code == 202

    asked = events_of("accounts.password_reset_asked")
    assert asked == [{"user_id": str(owner.pk)}]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_one_mailbox_is_confirmed_by_one_account(typed: str) -> None:
    confirm_address(UserFactory(username="first", email=WITH_SHARP_S))
    assert register(typed).status_code == 201
    second = User.objects.get(username="nora")

    key = confirmation_key(second, typed)

    problem_of(APIClient().post(CONFIRM, {"key": key}), 409, "address_taken")


def test_a_subaddress_is_an_address_of_its_own() -> None:
    """Whose it is, the provider says; only the mails that go there count together."""
    confirm_address(UserFactory(username="first", email=WITH_SHARP_S))
    second = UserFactory(username="second", email="x+two@straße.example")
    with transaction.atomic():
        claim_address(second)

    key = confirmation_key(second, second.email)

    assert APIClient().post(CONFIRM, {"key": key}).status_code == 204


@pytest.mark.parametrize("typed", SPELLINGS)
def test_another_spelling_of_ones_own_address_changes_nothing(
    typed: str, api: Api, alice: PatientProfile
) -> None:
    User.objects.filter(pk=alice.user_id).update(email=WITH_SHARP_S)
    alice.user.refresh_from_db()
    confirm_address(alice.user)

    answer = api("alice").patch(PROFILE, {"user": {"email": typed}})

    assert answer.json()["user"]["email"].lower() == WITH_SHARP_S
    assert not Mail.objects.exists()
    assert EmailAddress.objects.get().verified


def test_staff_type_addresses_as_people_do(alice: PatientProfile) -> None:
    client = browser_of(StaffFactory(is_superuser=True))

    assert (
        change(client, alice.user, email="y@xn--bcher-kva.example").status_code == 302
    )
    alice.user.refresh_from_db()
    assert alice.user.email == "y@bücher.example"
    assert alice.user.address_set_by_staff_at is not None

    page = change(client, alice.user, email="y@☃.example")

    assert "Enter a valid email address." in page.content.decode()
    alice.user.refresh_from_db()
    assert alice.user.email == "y@bücher.example"


def test_an_operators_account_has_the_same_spelling() -> None:
    call_command(
        "createsuperuser",
        "--no-input",
        username="root",
        email="root@xn--strae-oqa.Example",
    )

    assert User.objects.get(username="root").email == "root@straße.example"
