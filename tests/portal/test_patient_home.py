"""A patient's first page: what is new, what waits, who can see the records."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from phr.accounts.addresses import has_confirmed_address
from phr.audit.actions import Action
from phr.health_records.news import count_new_comments
from phr.identity.protection import Protection, read_protection
from phr.identity.second_factors import has_factor
from phr.portal.home.patient_home import when_in_words
from tests.care.conftest import grant_between
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    HealthRecordFactory,
)
from tests.portal.reading import text_of


@pytest.fixture
def came_yesterday(alice):
    """Alice has signed in yesterday, and again just now."""
    for ago in (timedelta(days=1), timedelta(0)):
        AccessEntryFactory(
            patient_id=alice.pk,
            actor_id=alice.user_id,
            action=Action.SIGNED_IN,
            at=timezone.now() - ago,
        )
    return timezone.now() - timedelta(days=1)


def comment(record: Any, doctor: Any, ago: timedelta, **values: Any) -> None:
    written = timezone.now() - ago
    DoctorCommentFactory(
        health_record=record, doctor=doctor, created_at=written, **values
    )


def test_alice_is_greeted_and_can_write_at_once(browser, alice):
    page = text_of(browser("alice").get("/"))

    assert "<h1>Hello, Alice</h1>" in page
    assert 'href="/records/new/"' in page


def test_who_comes_for_the_first_time_is_told_nothing_of_news(
    browser, alice, dr_bob, alices_record
):
    comment(alices_record, dr_bob, timedelta(hours=1))

    page = text_of(browser("alice").get("/"))

    assert "This is your place for everything that belongs to your health." in page
    assert "New comment" not in page


def test_what_is_new_since_the_last_visit_is_one_sentence(
    browser, came_yesterday, alice, dr_bob, dr_eve, dr_dan, alices_record
):
    comment(alices_record, dr_bob, timedelta(hours=1))
    comment(alices_record, dr_bob, timedelta(hours=2))
    comment(alices_record, dr_bob, timedelta(days=3))
    comment(alices_record, dr_bob, timedelta(hours=1), is_private=True)
    CareGrantFactory(
        patient=alice, doctor=dr_dan, pending=True, requested_at=timezone.now()
    )

    page = text_of(browser("alice").get("/"))

    told = f"Since you signed in yesterday at {came_yesterday:%H:%M}: "
    assert f"{told}2 new comments and 1 new request." in page
    assert page.count("New comment") == 1  # on the line of the record


def test_nothing_new_is_said_as_well(browser, came_yesterday, alice, alices_record):
    page = text_of(browser("alice").get("/"))

    assert "Nothing is new since you signed in yesterday at" in page


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(0), "today at 14:05"),
        (timedelta(days=1), "yesterday at 14:05"),
    ],
)
def test_when_somebody_was_here_is_told_as_people_say_it(ago, words):
    at = datetime.combine(timezone.localdate() - ago, time(14, 5), UTC)

    assert when_in_words(at) == words
    assert when_in_words(datetime(2015, 1, 1, tzinfo=UTC)) == (
        "on Thursday, 1 January 2015"
    )


def test_new_comments_on_what_is_deleted_or_of_others_do_not_count(
    alice, carol, dr_bob
):
    deleted = HealthRecordFactory(patient=alice, deleted_at=timezone.now())
    for record in (deleted, HealthRecordFactory(patient=carol)):
        comment(record, dr_bob, timedelta(0))

    since = timezone.now() - timedelta(days=1)

    assert count_new_comments(alice.user, since) == 0
    assert count_new_comments(dr_bob.user, since) == 0


def test_what_doctors_ask_waits_for_an_answer(browser, alice, dr_hal):
    page = text_of(browser("alice").get("/"))

    request = grant_between(alice, dr_hal)
    assert "This waits for your answer" in page
    assert f"{dr_hal} asks to see your records." in page
    assert f'href="{reverse("portal:access_accept", args=[request.pk])}"' in page


def test_who_can_see_the_records_stands_there(browser, alice, dr_bob, dr_fay, dr_eve):
    page = text_of(browser("alice").get("/"))

    assert f"<strong>{dr_bob}</strong>" in page
    assert "Sees everything" in page
    assert f"<strong>{dr_fay}</strong>" in page
    assert "Sees prescriptions" in page
    assert str(dr_eve) not in page


def test_an_emergency_access_is_above_all(browser, alice, dr_jo):
    page = text_of(browser("alice").get("/"))

    assert f"{dr_jo} can see all your records in an emergency" in page
    assert page.index("in an emergency") < page.index("<h1>")


def test_who_has_no_doctor_is_shown_the_way(browser, carol):
    page = text_of(browser("carol").get("/"))

    assert "Let a doctor in" in page
    assert "/access/invite/" in page
    assert "Add your first record" in page


@pytest.mark.parametrize(
    ("is_confirmed", "has_app", "step"),
    [
        (False, False, "Confirm your e-mail address"),
        (True, False, "Protect your account with a second step"),
        (True, True, None),
    ],
)
def test_the_next_step_of_protecting_an_account_is_shown(
    browser, alice, dr_bob, is_confirmed, has_app, step
):
    EmailAddress.objects.filter(user=alice.user).delete()
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=is_confirmed
    )
    if has_app:
        Authenticator.objects.create(user=alice.user, type="totp", data={})

    page = text_of(browser("alice").get("/"))

    assert ('<h2 id="step">' in page) is (step is not None)
    assert step is None or f'<h2 id="step">{step}</h2>' in page


def test_a_doctor_who_asks_is_answered_before_another_is_let_in(browser, alice, dr_hal):
    assert browser("alice").get("/").context["step"].route != "portal:access_invite"


@pytest.mark.parametrize("is_confirmed", [True, False])
@pytest.mark.parametrize("factor", [None, "totp", "webauthn", "recovery_codes"])
def test_how_an_account_is_protected_is_known_in_one_statement(
    alice, is_confirmed, factor, django_assert_num_queries
):
    EmailAddress.objects.filter(user=alice.user).delete()
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=is_confirmed
    )
    if factor:
        Authenticator.objects.create(user=alice.user, type=factor, data={})

    with django_assert_num_queries(1):
        found = read_protection(alice.user)

    assert found == Protection(
        has_confirmed_address(alice.user), has_factor(alice.user)
    )
    assert found.address_confirmed == is_confirmed
    assert found.has_factor == (factor in ("totp", "webauthn"))


def test_other_roles_are_led_to_their_own_pages(browser, dr_bob):
    assert browser("dr_bob").get("/").status_code == 302


def test_the_emergency_card_has_what_helpers_need(browser, alice, dr_bob):
    alice.blood_type = "A-"
    alice.allergies = "Penicillin\nBee stings"
    alice.emergency_contact = "Jean Moreau, +33 1 23"
    alice.save()
    alice.user.date_of_birth = "1951-02-17"
    alice.user.save()

    page = text_of(browser("alice").get("/emergency-card/"))

    for shown in (
        "Alice Moreau",
        "17 February 1951",
        "A-",
        "Penicillin Bee stings",
        "Jean Moreau, +33 1 23",
        str(dr_bob),
    ):
        assert shown in page


def test_an_empty_emergency_card_says_what_is_not_given(browser, carol):
    page = text_of(browser("carol").get("/emergency-card/"))

    assert "None are given" in page
    assert page.count("Not given") == 3


MARK = "<b title='x' onclick=\"y\">&amp;{{ 7|add:1 }}</b>"


def test_what_is_on_the_card_is_shown_as_text(browser, alice):
    alice.allergies = alice.emergency_contact = MARK
    alice.save()
    alice.user.first_name = MARK
    alice.user.save()

    for address in ("/emergency-card/", "/"):
        page = text_of(browser("alice").get(address))
        assert "<b title" not in page
        assert "onclick=&quot;y&quot;" in page
        assert "{{ 7|add:1 }}" in page
