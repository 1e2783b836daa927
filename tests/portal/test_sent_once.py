"""A form that creates something takes effect once, however often it is sent."""

import re
from functools import partial
from typing import Any

import pytest

from phr.care.models import CareGrant
from phr.core.models import IdempotencyKey, OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.at_once import all_at_once
from tests.factories import PASSWORD
from tests.portal.reading import text_of
from tests.rows import nothing_written

KEY = re.compile(r'name="idempotency_key" value="([0-9a-f]{32})"')
NEW = "/records/new/"
TYPED = {
    "record_type": "LAB_RESULT",
    "title": "Blood count",
    "visit_day": "2026-01-05",
}


def key_in(response: Any) -> str:
    """The key of the form that a page shows."""
    (key,) = KEY.findall(response.content.decode())
    return str(key)


@pytest.fixture
def alices(browser, alice):
    return browser("alice")


@pytest.fixture
def form(alices):
    """What Alice has typed into one form."""
    return TYPED | {"idempotency_key": key_in(alices.get(NEW))}


def test_a_button_that_is_pressed_twice_makes_one_record(alices, form):
    first = alices.post(NEW, form)
    again = alices.post(NEW, form, follow=True)

    record = HealthRecord.objects.get()
    assert first.headers["Location"] == f"/records/{record.pk}/"
    assert again.redirect_chain == [(f"/records/{record.pk}/", 302)]
    assert "Your record is saved." in text_of(again)
    assert OutboxEvent.objects.filter(kind="health_records.record_created").count() == 1


def test_each_form_that_is_shown_has_a_key_of_its_own(alices):
    keys = [key_in(alices.get(NEW)) for _ in range(2)]

    for key in keys:
        alices.post(NEW, TYPED | {"idempotency_key": key})

    assert HealthRecord.objects.count() == 2


def test_what_was_wrong_is_mended_and_sent_with_the_same_key(alices, form):
    wrong = alices.post(NEW, form | {"title": ""})
    assert (wrong.status_code, key_in(wrong)) == (400, form["idempotency_key"])

    alices.post(NEW, form)

    assert HealthRecord.objects.count() == 1


def test_something_else_in_the_same_form_is_saved_when_it_is_sent_again(alices, form):
    """The way back in the browser leads to the form as it was sent."""
    alices.post(NEW, form)
    other = form | {"title": "Another one"}

    with nothing_written():
        asked = alices.post(NEW, other)

    assert asked.status_code == 422
    assert "You have sent this form before" in text_of(asked)
    assert "Another one" in asked.content.decode()
    alices.post(NEW, other | {"idempotency_key": key_in(asked)})
    assert HealthRecord.objects.count() == 2


def test_somebody_elses_key_is_another_form(alices, browser, carol, form):
    alices.post(NEW, form)

    browser("carol").post(NEW, form)

    owners = HealthRecord.objects.values_list("patient__user__username", flat=True)
    assert sorted(owners) == ["alice", "carol"]


@pytest.mark.parametrize("key", ["", "x" * 32, "a" * 33, "a\x00b", "'" * 300])
def test_what_is_no_key_is_as_if_there_was_none(alices, key):
    for _ in range(2):
        alices.post(NEW, TYPED | {"idempotency_key": key})

    assert HealthRecord.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_no_title_is_kept_with_a_key(alices, form):
    alices.post(NEW, form)

    kept = IdempotencyKey.objects.values().get()
    assert "Blood" not in str(kept)


def test_a_comment_that_is_sent_twice_is_there_once(browser, dr_bob, alices_record):
    bobs, page = browser("dr_bob"), f"/records/{alices_record.pk}/comments/"
    typed = {"comment": "Come back.", "idempotency_key": key_in(bobs.get(page))}

    for _ in range(2):
        assert bobs.post(page, typed).headers["Location"].startswith("/records/")

    assert DoctorComment.objects.count() == 1


def test_who_lets_a_doctor_in_twice_is_told_so_twice(alice, dr_dan):
    """Also if the password is asked for on the way of the first."""
    alices = browser_of(alice.user, proof=SIX_MINUTES)
    page = f"/access/invite/?doctor={dr_dan.pk}"
    terms = {"extent": "everything", "lasts": "open"}
    terms |= {"idempotency_key": key_in(alices.get(page))}

    first = alices.post(
        f"{page}&again", terms | {"again-password": PASSWORD}, follow=True
    )
    again = alices.post(page, terms, follow=True)

    assert CareGrant.objects.filter(patient=alice, doctor=dr_dan).count() == 1
    for answer in (first, again):
        assert "can see your records now" in text_of(answer)


@pytest.mark.django_db(transaction=True)
def test_of_a_form_sent_many_times_at_once_one_takes_effect(browser, alice):
    key = key_in(browser("alice").get(NEW))
    clients = [browser("alice") for _ in range(8)]
    form = TYPED | {"idempotency_key": key}

    answers = all_at_once([partial(client.post, NEW, form) for client in clients])

    record = HealthRecord.objects.get()
    led_to = {answer.headers["Location"] for answer in answers}
    assert led_to == {f"/records/{record.pk}/"}
    assert OutboxEvent.objects.filter(kind="health_records.record_created").count() == 1
