"""A doctor's patients in the portal: the list in its orders, and one chart."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import GrantOrigin, RecordType
from phr.health_records.models import HealthRecord
from tests.access.browsers import browser_of
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    HealthRecordFactory,
    PatientFactory,
)

LIST = "/patients/"
MOST_QUERIES = 8


def chart_of(patient):
    return f"{LIST}{patient.pk}/"


def titles_in(response):
    found = re.findall(r'class="title"[^>]*>([^<]*)<', response.content.decode())
    return [unescape(title) for title in found]


def patient_of(doctor, first, last, **grant):
    patient = PatientFactory(user__first_name=first, user__last_name=last)
    CareGrantFactory(patient=patient, doctor=doctor, **grant)
    return patient


def visited(patient, days_ago, **values):
    at = timezone.now() - timedelta(days=days_ago)
    return HealthRecordFactory(patient=patient, visit_date=at, **values)


def changed(record, days_ago):
    at = timezone.now() - timedelta(days=days_ago)
    HealthRecord.objects.filter(pk=record.pk).update(created_at=at, updated_at=at)


def looked(doctor, patient, ago):
    """That the doctor has opened the chart some time ago."""
    at = timezone.now() - ago
    AccessEntry.objects.create(
        at=at,
        actor_id=doctor.user_id,
        action="health_records.chart_opened",
        outcome="ALLOWED",
        object_kind="profile",
        object_ids=[patient.pk],
        count=1,
        patient_id=patient.pk,
        basis="GRANT",
        face="portal",
    )


@pytest.fixture
def three(dr_dan):
    """Dr. Dan's patients: their names, visits and changes are in three orders."""
    anna = patient_of(dr_dan, "Zoe", "Abel")
    bert = patient_of(dr_dan, "Bert", "Berg")
    cleo = patient_of(dr_dan, "Anna", "Carr")
    changed(visited(anna, 2), 3)
    changed(visited(bert, 9), 1)
    changed(visited(cleo, 5), 2)
    return {"anna": anna, "bert": bert, "cleo": cleo}


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("", ["Bert Berg", "Anna Carr", "Zoe Abel"]),
        ("?order=change", ["Bert Berg", "Anna Carr", "Zoe Abel"]),
        ("?order=visit", ["Zoe Abel", "Anna Carr", "Bert Berg"]),
        ("?order=name", ["Zoe Abel", "Bert Berg", "Anna Carr"]),
        ("?order=nonsense", ["Bert Berg", "Anna Carr", "Zoe Abel"]),
    ],
)
def test_patients_stand_in_the_order_that_is_asked_for(dr_dan, three, order, names):
    assert titles_in(browser_of(dr_dan.user).get(LIST + order)) == names


@pytest.mark.parametrize("order", ["change", "visit", "name"])
def test_no_patient_is_left_out_or_shown_twice_between_pages(dr_dan, order):
    for number in range(43):
        patient = patient_of(dr_dan, "Pat", f"Same{number % 3}")
        if number % 4:
            visited(patient, number % 5)
    doctor = browser_of(dr_dan.user)
    pages, page = [], doctor.get(f"{LIST}?order={order}")
    pages.append(titles_and_ids(page))
    while found := re.search(r'rel="next" href="([^"]*)"', page.content.decode()):
        page = doctor.get(LIST + unescape(found[1]))
        pages.append(titles_and_ids(page))

    assert [len(one) for one in pages] == [20, 20, 3]
    assert len({row for one in pages for row in one}) == 43
    back = re.search(r'rel="prev" href="([^"]*)"', page.content.decode())
    assert back is not None
    assert titles_and_ids(doctor.get(LIST + unescape(back[1]))) == pages[1]


def titles_and_ids(response):
    return re.findall(r"/patients/([0-9a-f-]{36})/", response.content.decode())


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("berg", ["Bert Berg"]),
        ("anna", ["Anna Carr"]),
        ("carr ANNA", ["Anna Carr"]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_a_patient_is_found_by_words_of_the_name(dr_dan, three, words, names):
    response = browser_of(dr_dan.user).get(LIST, {"q": words})

    assert titles_in(response) == names


def test_what_was_asked_for_stands_in_the_form_as_it_was_typed(dr_dan, three):
    asked = {"q": '"><b>berg', "order": "name"}
    page = browser_of(dr_dan.user).get(LIST, asked).content.decode()

    assert 'value="&quot;&gt;&lt;b&gt;berg"' in page
    assert '<option value="name" selected>' in page
    assert page.count(" selected>") == 1


def test_who_is_nobodys_patient_is_not_found(alice, dr_dan, dr_bob):
    assert titles_in(browser_of(dr_dan.user).get(f"{LIST}?q=alice")) == []
    assert titles_in(browser_of(dr_bob.user).get(f"{LIST}?q=alice")) == ["Alice Moreau"]


def test_what_has_come_since_the_last_look_is_counted(alice, dr_bob):
    doctor = browser_of(dr_bob.user)
    assert "Not opened yet" in doctor.get(LIST).content.decode()
    looked(dr_bob, alice, timedelta(days=2))
    changed(visited(alice, 9), 3)
    changed(visited(alice, 9), 1)

    assert "1 new<" in doctor.get(LIST).content.decode()

    doctor.get(chart_of(alice))
    assert " new<" not in doctor.get(LIST).content.decode()


def test_what_is_new_but_not_covered_is_not_counted(alice, dr_fay):
    """Dr. Fay may see prescriptions and nothing else."""
    looked(dr_fay, alice, timedelta(days=2))
    visited(alice, 1, record_type=RecordType.DIAGNOSIS)

    page = browser_of(dr_fay.user).get(LIST).content.decode()

    assert " new<" not in page
    assert "0 records" in page


def test_two_accesses_to_one_patient_count_each_record_once(alice, dr_fay):
    CareGrantFactory(
        patient=alice,
        doctor=dr_fay,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    visited(alice, 1, record_type=RecordType.PRESCRIPTION)

    page = browser_of(dr_fay.user).get(LIST)

    assert titles_in(page) == ["Alice Moreau"]
    assert "1 record" in page.content.decode()


def test_the_first_page_of_a_doctor_is_the_patients(dr_bob):
    response = browser_of(dr_bob.user).get("/")

    assert (response.status_code, response.headers["Location"]) == (302, LIST)


def test_a_chart_shows_what_is_vital_whole(alice, dr_bob):
    alice.allergies, alice.blood_type = "Penicillin, " * 100 + "and wasps", "AB-"
    alice.emergency_contact = "Luc Moreau, +33 6 00 00 00 00"
    alice.save()
    alice.user.phone_number = "+33600000001"
    alice.user.save()

    page = browser_of(dr_bob.user).get(chart_of(alice)).content.decode()

    for text in (alice.allergies, "AB-", alice.emergency_contact, "+33600000001"):
        assert text in page
    assert "You see all records." in page


def test_a_chart_lists_what_the_access_covers_and_no_more(alice, dr_fay):
    visited(alice, 1, record_type=RecordType.DIAGNOSIS, title="Not hers")
    visited(alice, 2, record_type=RecordType.PRESCRIPTION, title="Amlodipine")

    response = browser_of(dr_fay.user).get(chart_of(alice))

    assert titles_in(response) == ["Amlodipine"]
    assert "these kinds of records: Prescription" in response.content.decode()


def test_records_in_a_chart_are_found_by_kind_and_words(alice, dr_bob):
    visited(alice, 1, record_type=RecordType.DIAGNOSIS, title="Migraine")
    visited(alice, 2, record_type=RecordType.LAB_RESULT, title="Lipid panel")
    doctor = browser_of(dr_bob.user)

    assert titles_in(doctor.get(f"{chart_of(alice)}?kind=LAB_RESULT")) == [
        "Lipid panel"
    ]
    assert titles_in(doctor.get(f"{chart_of(alice)}?words=migr")) == ["Migraine"]
    assert len(titles_in(doctor.get(f"{chart_of(alice)}?kind=odd"))) == 2


def test_what_is_new_in_a_chart_is_marked_for_the_whole_visit(alice, dr_bob):
    looked(dr_bob, alice, timedelta(days=2))
    changed(visited(alice, 9, title="Old"), 3)
    changed(visited(alice, 8, title="Fresh"), 1)
    doctor = browser_of(dr_bob.user)
    doctor.get(chart_of(alice))  # and a minute later again

    page = doctor.get(chart_of(alice)).content.decode()

    marked = re.findall(r'title"[^>]*>(\w+)<.*?</li>', page, re.DOTALL)
    assert marked == ["Fresh", "Old"]
    assert page.count('class="badge new">New<') == 1


def test_a_chart_is_a_404_for_who_is_not_let_in_and_the_attempt_is_entered(
    alice, dr_eve
):
    response = browser_of(dr_eve.user).get(chart_of(alice))

    assert response.status_code == 404
    line = AccessEntry.objects.get(actor_id=dr_eve.user_id)
    assert (line.action, line.outcome) == ("health_records.chart_opened", "REFUSED")
    assert line.patient_id == alice.pk


def test_opening_a_chart_is_entered_with_its_access(alice, bobs_grant, dr_bob):
    browser_of(dr_bob.user).get(chart_of(alice))

    line = AccessEntry.objects.get(action="health_records.chart_opened")
    assert (line.patient_id, line.grant_id, line.face) == (
        alice.pk,
        bobs_grant.pk,
        "portal",
    )


@pytest.mark.parametrize("path", [LIST, f"{LIST}?order=name", f"{LIST}?q=pat"])
def test_the_list_asks_as_much_of_many_patients_as_of_one(dr_dan, path):
    patient_of(dr_dan, "Pat", "One")
    doctor = browser_of(dr_dan.user)
    doctor.get(path)
    with CaptureQueriesContext(connection) as few:
        doctor.get(path)
    for number in range(9):
        visited(patient_of(dr_dan, "Pat", f"N{number}"), 1)
    with CaptureQueriesContext(connection) as many:
        doctor.get(path)

    assert len(many) == len(few) <= MOST_QUERIES


def test_a_chart_asks_as_much_of_many_records_as_of_one(alice, dr_bob):
    visited(alice, 1)
    doctor = browser_of(dr_bob.user)
    doctor.get(chart_of(alice))
    with CaptureQueriesContext(connection) as few:
        doctor.get(chart_of(alice))
    for number in range(9):
        DoctorCommentFactory(health_record=visited(alice, number), doctor=dr_bob)
    with CaptureQueriesContext(connection) as many:
        doctor.get(chart_of(alice))

    assert len(many) == len(few) <= MOST_QUERIES, [q["sql"] for q in many]


@pytest.mark.parametrize("query", ["?cursor=x", "?order=name&cursor=a:b"])
def test_a_place_that_nobody_has_named_is_a_404(dr_bob, query):
    assert browser_of(dr_bob.user).get(LIST + query).status_code == 404


@pytest.mark.parametrize(
    "query", ["?q=" + "x" * 3000, "?q=%00", "?order=a&order=b", "?q=%F0%9F%98%80"]
)
def test_odd_questions_are_answered(alice, dr_bob, query):
    doctor = browser_of(dr_bob.user)

    assert doctor.get(LIST + query).status_code == 200
    assert doctor.get(chart_of(alice) + query).status_code == 200
