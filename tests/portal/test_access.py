"""Patients see who can see their records, and change it, in the browser."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from phr.audit.models import AccessEntry
from phr.care.choices import GrantStatus, RecordType
from phr.care.models import CareGrant
from tests.conftest import sign_in
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
    HealthRecordFactory,
)
from tests.portal.reading import plain, queries_of, text_of
from tests.portal.test_letting_in import EVERYTHING, ONLY_LABS, invite
from tests.rows import nothing_written


def test_a_card_says_who_sees_how_much_since_when_and_when_they_looked(
    browser, alice, dr_bob, dr_fay, records
):
    AccessEntryFactory(
        patient_id=alice.pk,
        actor_id=dr_bob.user_id,
        at=datetime(2026, 5, 3, 14, 2, tzinfo=UTC),
    )

    page = plain(browser("alice").get("/access/"))

    assert "2 doctors can. You can end each of these at once." in page
    assert "Dr. Bob Stone" in page
    assert "Your main doctor" in page
    assert "Verified by staff" in page
    assert "Sees 4 of 4 records: everything" in page
    assert "Last look 3 May 2026, 14:02" in page
    assert "Sees 0 of 4 records: prescriptions" in page
    assert "Has not looked yet" in page


def test_what_a_card_counts_is_what_the_doctor_gets(browser, api, alice, records):
    scopes: list[dict[str, Any]] = [
        {"record_types": [RecordType.CHECKUP]},
        {"records_since": date(2024, 5, 1)},
        {"record_types": ["CHECKUP", "LAB_RESULT"], "records_since": date(2025, 1, 1)},
    ]
    doctors = [
        CareGrantFactory(patient=alice, doctor__verified=True, **scope).doctor
        for scope in scopes
    ]

    page = plain(browser("alice").get("/access/"))

    for doctor, count in zip(doctors, (3, 3, 2), strict=True):
        listed = api_of(api, doctor).get("/api/health-records/").json()["results"]
        assert len(listed) == count
        assert re.search(rf"{doctor} .{{0,200}}?Sees {count} of 4 records", page)


def api_of(api: Any, doctor: Any) -> Any:
    client = api("nobody")
    sign_in(client, doctor.user)
    return client


def test_who_is_not_verified_sees_nothing_where_that_is_needed(
    browser, alice, dr_dan, records, settings
):
    CareGrantFactory(patient=alice, doctor=dr_dan)
    settings.CARE_CONSENT_REQUIRED = True

    page = plain(browser("alice").get("/access/"))

    assert "Not verified by staff" in page
    assert "Sees nothing until staff have verified this doctor." in page
    assert "Sees 0 of 4 records" in page


def test_ending_says_first_what_it_does_and_does_it_at_once(
    browser, api, alice, dr_bob, bobs_grant, alices_record
):
    alices = browser("alice")
    home = text_of(alices.get("/access/"))
    assert f'href="/access/{bobs_grant.pk}/end/"' in home

    asked = plain(alices.get(f"/access/{bobs_grant.pk}/end/"))
    assert "Dr. Bob Stone will see nothing from now on." in asked
    done = alices.post(
        f"/access/{bobs_grant.pk}/end/", {"reason": "I have moved."}, follow=True
    )

    assert "Dr. Bob Stone sees nothing of yours from now on." in plain(done)
    assert "Nobody but you can see your records." in plain(done)
    bobs_grant.refresh_from_db()
    assert bobs_grant.end_reason == "I have moved."
    answer = api("dr_bob").get(f"/api/health-records/{alices_record.pk}/")
    assert answer.status_code == 404


def test_what_has_ended_is_not_ended_again(browser, alice, bobs_grant):
    alices, address = browser("alice"), f"/access/{bobs_grant.pk}/end/"
    alices.post(address, {"reason": ""})

    with nothing_written():
        response = alices.post(address, {"reason": ""}, follow=True)

    assert response.redirect_chain == [("/access/", 302)]
    assert "This access has ended already." in plain(response)


def test_emergency_access_is_said_at_the_top_and_can_only_be_ended(
    browser, alice, dr_jo
):
    grant = CareGrant.objects.get(doctor=dr_jo)
    alices = browser("alice")

    page = plain(alices.get("/access/"))
    changed = alices.post(f"/access/{grant.pk}/change/", ONLY_LABS)
    alices.post(f"/access/{grant.pk}/end/", {"reason": ""})

    assert "can see all your records in an emergency, until" in page
    assert changed.status_code == 409
    assert "Emergency access cannot be changed, only ended." in plain(changed)
    grant.refresh_from_db()
    assert grant.status == GrantStatus.ENDED
    assert "in an emergency" not in plain(alices.get("/access/"))


def test_a_request_is_accepted_for_less_than_was_asked(browser, api, alice, dr_hal):
    grant = CareGrant.objects.get(doctor=dr_hal)
    alices = browser("alice")
    assert f"/access/{grant.pk}/accept/" in text_of(alices.get("/access/"))
    assert "will see 0 of your 0 records (everything)" in plain(
        alices.get(f"/access/{grant.pk}/accept/")
    )

    response = alices.post(f"/access/{grant.pk}/accept/", ONLY_LABS, follow=True)

    assert "can see your records now" in plain(response)
    grant.refresh_from_db()
    assert (grant.status, grant.record_types) == (GrantStatus.ACTIVE, ["LAB_RESULT"])


def test_a_request_is_declined_with_a_reason(browser, alice, dr_hal):
    grant = CareGrant.objects.get(doctor=dr_hal)

    response = browser("alice").post(
        f"/access/{grant.pk}/decline/",
        {"reason": "We do not know each other."},
        follow=True,
    )

    assert "You have declined." in plain(response)
    grant.refresh_from_db()
    assert grant.status == GrantStatus.DECLINED
    assert grant.decision_reason == "We do not know each other."
    again = browser("alice").get(f"/access/{grant.pk}/decline/", follow=True)
    assert "This request waits no more" in plain(again)
    late = browser("alice").post(f"/access/{grant.pk}/accept/", EVERYTHING)
    assert late.status_code == 409


def test_the_preview_lists_exactly_what_the_doctor_gets(
    browser, api, alice, dr_fay, records
):
    HealthRecordFactory(
        patient=alice, record_type=RecordType.PRESCRIPTION, title="Inhaler for Alice"
    )
    grant = CareGrant.objects.get(doctor=dr_fay)

    page = text_of(browser("alice").get(f"/access/{grant.pk}/preview/"))

    listed = api("dr_fay").get("/api/health-records/").json()["results"]
    assert [record["title"] for record in listed] == ["Inhaler for Alice"]
    assert page.count('class="title"') == 1
    assert "Inhaler for Alice" in page
    assert "1 of 5 records: prescriptions" in page


def test_a_pile_of_requests_hides_nobody_who_has_access(browser, alice, dr_bob):
    for _ in range(8):
        CareGrantFactory(patient=alice, pending=True, reason="x" * 500)
    for _ in range(8):
        CareGrantFactory(patient=alice, declined=True)

    page = text_of(browser("alice").get("/access/"))

    assert "Dr. Bob Stone" in page
    assert page.count("Look and answer") == 5
    assert 'href="/access/all/?state=PENDING"' in page
    everybody = text_of(browser("alice").get("/access/all/?state=PENDING"))
    assert everybody.count("Look and answer") == 8


@pytest.mark.parametrize("state", ["pending", "OPEN", "%00", "PENDING%27"])
def test_a_state_that_is_none_is_not_found(browser, alice, state):
    assert browser("alice").get(f"/access/all/?state={state}").status_code == 404


ODD = "<b onclick='x()'>&amp;\"{{ 7 }}</b>"


def test_what_doctors_write_is_shown_as_it_is_written(browser, alice, dr_bob):
    dr_bob.specialization = ODD
    dr_bob.save()
    dr_bob.user.last_name = ODD
    dr_bob.user.save()
    asking = CareGrantFactory(
        patient=alice, pending=True, reason=ODD, doctor__user__first_name=ODD
    )
    HealthRecordFactory(patient=alice, title=ODD)
    grant = CareGrant.objects.get(doctor=dr_bob)

    alices = browser("alice")
    for path in (
        "/access/",
        "/access/all/",
        f"/access/{grant.pk}/change/",
        f"/access/{grant.pk}/end/",
        f"/access/{grant.pk}/preview/",
        f"/access/{asking.pk}/accept/",
        f"/access/{asking.pk}/decline/",
        "/access/invite/?search=onclick",
        invite(dr_bob),
    ):
        page = text_of(alices.get(path))
        assert "&lt;b onclick=&#x27;x()&#x27;&gt;&amp;amp;&quot;{{ 7 }}" in page, path
        assert "<b onclick" not in page


def test_a_page_costs_eight_queries_however_many_doctors_there_are(
    browser, alice, dr_bob, records
):
    alices = browser("alice")
    for _ in range(12):
        CareGrantFactory(patient=alice, record_types=[RecordType.LAB_RESULT])
        CareGrantFactory(patient=alice, pending=True)

    for path in ("/access/", "/access/all/", invite(dr_bob)):
        assert len(queries_of(alices, path)) <= 8


def test_alice_reading_her_own_pages_is_not_entered(browser, alice, bobs_grant):
    before = AccessEntry.objects.count()
    alices = browser("alice")

    for path in ("/access/", f"/access/{bobs_grant.pk}/preview/", "/access/log/"):
        alices.get(path)

    assert AccessEntry.objects.count() == before
