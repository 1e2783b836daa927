"""Patients let doctors in, and change what they have given, in the browser."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from phr.care.models import CareGrant
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.factories import (
    PASSWORD,
    CareGrantFactory,
    DoctorFactory,
)
from tests.portal.reading import plain, text_of
from tests.rows import nothing_written

EVERYTHING = {"extent": "everything", "lasts": "open"}
ONLY_LABS = {"extent": "some", "record_types": "LAB_RESULT", "lasts": "open"}


def invite(doctor: Any) -> str:
    return f"/access/invite/?doctor={doctor.pk}"


def test_a_doctor_is_found_by_name_and_by_what_they_do(browser, alice):
    DoctorFactory(user__last_name="Rossi", specialization="Cardiology", verified=True)

    for words in ("ross", "cardio"):
        page = plain(browser("alice").get("/access/invite/", {"search": words}))
        assert "Rossi" in page
        assert "Cardiology · Verified by staff" in page
    nobody = plain(browser("alice").get("/access/invite/", {"search": "nobody at all"}))
    assert "Nobody is called so here." in nobody


def test_alice_lets_a_doctor_in_for_a_part_and_a_time(
    browser, api, alice, dr_dan, records
):
    last_day = timezone.localdate() + timedelta(days=90)
    terms = ONLY_LABS | {
        "records_since": "2024-01-01",
        "lasts": "until",
        "until": last_day.isoformat(),
        "reason": "As we said.",
    }

    response = browser("alice").post(invite(dr_dan), terms, follow=True)

    assert response.redirect_chain == [("/access/", 302)]
    assert "Dr. Dan Okoro can see your records now" in plain(response)
    assert "Sees 1 of 4 records: lab results since 1 January 2024" in plain(response)
    grant = CareGrant.objects.get(patient=alice, doctor=dr_dan)
    assert grant.record_types == ["LAB_RESULT"]
    assert grant.records_since == date(2024, 1, 1)
    assert timezone.localdate(grant.expires_at) == last_day
    assert grant.reason == "As we said."
    listed = api("dr_dan").get("/api/health-records/").json()["results"]
    assert [record["record_type"] for record in listed] == ["LAB_RESULT"]


def test_a_month_is_thirty_days_and_everything_has_no_end(browser, alice, dr_dan):
    browser("alice").post(invite(dr_dan), EVERYTHING | {"lasts": "month"})

    grant = CareGrant.objects.get(patient=alice, doctor=dr_dan)
    assert timezone.localdate(grant.expires_at) == timezone.localdate() + timedelta(30)
    assert grant.record_types == []


def test_what_terms_would_open_is_shown_and_nothing_is_done(
    browser, alice, dr_dan, records
):
    late = browser_of(alice.user, proof=SIX_MINUTES)

    with nothing_written():
        response = late.post(invite(dr_dan), ONLY_LABS | {"show": "1"})

    assert response.status_code == 200
    said = "Dr. Dan Okoro will see 1 of your 4 records (lab results) until you end it."
    assert said in plain(response)


TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
WRONG = [
    ({"extent": "some"}, "Choose at least one kind."),
    ({"lasts": "until"}, "Choose the last day."),
    ({"lasts": "until", "until": "2020-01-01"}, "That time is over."),
    ({"lasts": "until", "until": "9999-12-31"}, "within the next 100 years"),
    ({"lasts": "until", "until": "in spring"}, "Choose a day, such as"),
    (
        {"lasts": "until", "until": TOMORROW, "records_since": "9999-12-31"},
        "Access would end before the first visit that it covers.",
    ),
    ({"extent": "all of it"}, "all of it"),
    ({"record_types": "HOROSCOPE"}, "HOROSCOPE"),
    ({"reason": "two\nlines"}, "single line"),
    ({"reason": "x" * 501}, "500"),
    ({"reason": "a\0b"}, "Null characters"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_is_wrong_is_said_beside_what_was_typed(
    browser, alice, dr_dan, wrong, said
):
    alices = browser("alice")

    with nothing_written():
        response = alices.post(invite(dr_dan), EVERYTHING | wrong)

    assert response.status_code == 400
    assert said in plain(response)


@pytest.mark.parametrize("doctor", ["", "bob", "018ba3c9-e700-7000-8000-84fa75486ecd"])
def test_a_doctor_who_is_none_is_not_found(browser, alice, doctor):
    alices, address = browser("alice"), f"/access/invite/?doctor={doctor}"

    assert alices.get(address).status_code == 404
    assert alices.post(address, EVERYTHING).status_code == 404


def test_who_has_access_or_asks_for_it_is_not_let_in_twice(
    browser, alice, dr_bob, dr_hal
):
    alices = browser("alice")
    for doctor, said in (
        (dr_bob, "This doctor has access already."),
        (dr_hal, "This doctor asks you for access."),
    ):
        with nothing_written():
            response = alices.post(invite(doctor), EVERYTHING)
        assert response.status_code == 409
        assert said in plain(response)


def test_an_end_that_is_set_stays_unless_another_is_chosen(browser, alice, dr_dan):
    end = timezone.now() + timedelta(days=10)
    grant = CareGrantFactory(patient=alice, doctor=dr_dan, expires_at=end)
    address = f"/access/{grant.pk}/change/"
    alices = browser("alice")
    assert "As it is now" in plain(alices.get(address))

    alices.post(address, ONLY_LABS | {"lasts": "kept"})
    grant.refresh_from_db()
    assert grant.expires_at == end
    alices.post(address, ONLY_LABS)
    grant.refresh_from_db()
    assert grant.expires_at is None


def test_letting_in_asks_for_the_password_and_keeps_what_was_chosen(
    browser, alice, dr_dan
):
    late = browser_of(alice.user, proof=SIX_MINUTES)
    with nothing_written():
        asked = late.post(invite(dr_dan), ONLY_LABS)
    assert 'name="record_types" value="LAB_RESULT"' in text_of(asked)

    again = f"{invite(dr_dan)}&again="
    response = late.post(again, ONLY_LABS | {"again-password": PASSWORD})

    assert response.status_code == 302
    grant = CareGrant.objects.get(patient=alice, doctor=dr_dan)
    assert grant.record_types == ["LAB_RESULT"]


def test_narrowing_needs_no_password_and_widening_does(browser, alice, bobs_grant):
    late = browser_of(alice.user, proof=SIX_MINUTES)
    address = f"/access/{bobs_grant.pk}/change/"
    narrowed = late.post(address, ONLY_LABS, follow=True)
    assert "The access of Dr. Bob Stone has changed." in plain(narrowed)

    with nothing_written():
        asked = late.post(address, EVERYTHING)
    assert 'name="again-password"' in text_of(asked)
    assert 'name="extent" value="everything"' in text_of(asked)
    late.post(f"{address}?again=", EVERYTHING | {"again-password": PASSWORD})

    bobs_grant.refresh_from_db()
    assert bobs_grant.record_types == []
