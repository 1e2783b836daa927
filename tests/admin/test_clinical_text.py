"""Clinical text in the admin site: nowhere, but on one page, for a permission."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from phr.audit.models import AccessEntry, Basis, Outcome
from phr.health_records.models import TEXTS
from tests.cast import with_permissions
from tests.factories import DoctorCommentFactory, HealthRecordFactory

SECRETS = ["Knee pain", "Zygomatic", "Bone dust", "Gout", "Rest it", "Colchicine"]
COMMENT = "Looks like malingering"


@pytest.fixture
def record(alice, dr_bob):
    alice.allergies, alice.blood_type = "Peanut dust", "AB-"
    alice.save()
    texts = dict(zip(("title", *TEXTS), SECRETS, strict=True))
    record = HealthRecordFactory(patient=alice, **texts)
    DoctorCommentFactory(
        health_record=record, doctor=dr_bob, comment=COMMENT, is_private=True
    )
    return record


def text_page(record):
    return reverse("admin:health_records_healthrecord_clinical_text", args=[record.pk])


def profile_page(patient):
    return reverse("admin:care_patientprofile_clinical_text", args=[patient.pk])


def readings():
    lines = AccessEntry.objects.filter(action__endswith="_by_staff")
    return list(lines.values_list("actor_id", "patient_id", "basis", "outcome"))


@pytest.mark.parametrize("who", ["rita", "clea"])
def test_no_list_and_no_change_page_shows_text(request, who, browser, record):
    user = request.getfixturevalue(who)
    with_permissions(user, "view_doctorcomment")
    client = browser(user)
    comment = record.doctor_comments.get()
    pages = [
        "/admin/",
        "/admin/health_records/healthrecord/",
        f"/admin/health_records/healthrecord/{record.pk}/change/",
        f"/admin/health_records/healthrecord/{record.pk}/history/",
        "/admin/health_records/doctorcomment/",
        f"/admin/health_records/doctorcomment/{comment.pk}/change/",
        "/admin/care/patientprofile/",
        f"/admin/care/patientprofile/{record.patient_id}/change/",
    ]

    for path in pages:
        response = client.get(path)
        assert response.status_code == 200, path
        content = response.content.decode()
        for text in (*SECRETS, COMMENT, "Peanut dust", "AB-"):
            assert text not in content, (path, text)
    assert readings() == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/health_records/healthrecord/?diagnosis__contains=Gout",
        "/admin/health_records/healthrecord/?title=Knee+pain",
        "/admin/health_records/healthrecord/?search_words=gout",
        "/admin/health_records/healthrecord/?doctor_comments__comment__contains=mal",
        "/admin/health_records/doctorcomment/?comment__contains=malingering",
        "/admin/health_records/doctorcomment/?health_record__diagnosis=Gout",
        "/admin/care/patientprofile/?allergies__contains=Peanut",
        "/admin/care/patientprofile/?blood_type=AB-",
        "/admin/care/caregrant/?patient__allergies__contains=Peanut",
    ],
)
def test_text_cannot_be_guessed_by_filters_of_the_address(rita, browser, record, path):
    assert browser(rita).get(path).status_code == 400


@pytest.mark.parametrize("text", [*SECRETS, COMMENT, "Peanut"])
def test_searching_finds_nothing_by_its_text(rita, browser, record, text):
    client = browser(rita)

    for name in ("healthrecord", "doctorcomment"):
        response = client.get(f"/admin/health_records/{name}/", {"q": text})
        assert response.context["cl"].result_count == 0
    found = client.get("/admin/care/patientprofile/", {"q": text})
    assert found.context["cl"].result_count == 0
    found = client.get(
        f"/admin/health_records/healthrecord/?q={record.patient.user.username}"
    )
    assert found.context["cl"].result_count == 1


def test_who_has_the_permission_is_asked_first_and_reading_is_entered(
    clea, browser, record, api
):
    client = browser(clea)

    asked = client.get(text_page(record))

    assert asked.status_code == 200
    assert SECRETS[0] not in asked.content.decode()
    assert readings() == []

    shown = client.post(text_page(record)).content.decode()

    for text in (*SECRETS, COMMENT):
        assert text in shown
    (line,) = AccessEntry.objects.filter(action="health_records.text_read_by_staff")
    assert (line.actor_id, line.patient_id) == (clea.pk, record.patient_id)
    assert (line.basis, line.outcome) == (Basis.STAFF, Outcome.ALLOWED)
    assert (line.object_kind, line.object_ids) == ("record", [record.pk])
    assert (line.categories, line.face) == ([record.record_type], "admin")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["rita", "sam"])
def test_without_the_permission_by_name_text_is_refused_and_that_is_entered(
    request, who, method, browser, record
):
    user = request.getfixturevalue(who)
    client = browser(user)

    for path in (text_page(record), profile_page(record.patient)):
        response = getattr(client, method)(path)
        assert response.status_code == 403
        for text in (*SECRETS, COMMENT, "Peanut dust"):
            assert text not in response.content.decode()

    refused = (user.pk, record.patient_id, Basis.NONE, Outcome.REFUSED)
    assert readings() == [refused, refused]


def test_a_group_gives_the_permission_too(sam, browser, record):
    readers = Group.objects.create(name="Readers")
    readers.permissions.add(Permission.objects.get(codename="read_clinical_text"))
    sam.groups.add(readers)

    assert browser(sam).post(text_page(record)).status_code == 200


def test_a_superuser_reads_when_somebody_gave_them_the_permission(
    rita, browser, record
):
    with_permissions(rita, "read_clinical_text")

    assert browser(rita).post(text_page(record)).status_code == 200


def test_allergies_and_blood_type_are_behind_the_same_permission(clea, browser, record):
    response = browser(clea).post(profile_page(record.patient))

    assert "Peanut dust" in response.content.decode()
    assert "AB-" in response.content.decode()
    assert readings() == [
        (clea.pk, record.patient_id, Basis.STAFF, Outcome.ALLOWED),
    ]


def test_what_the_patient_has_deleted_staff_do_not_read(clea, browser, record, api):
    api("alice").delete(f"/api/health-records/{record.pk}/")

    response = browser(clea).post(text_page(record))

    assert response.status_code == 404
    assert SECRETS[0] not in response.content.decode()


def test_reading_needs_the_token_of_the_form(clea, browser, record):
    client = browser(clea)
    client.handler.enforce_csrf_checks = True

    assert client.post(text_page(record)).status_code == 403
    assert readings() == []


def test_patients_cannot_reach_the_page_with_any_session(alice, client, record):
    client.force_login(alice.user)

    assert client.post(text_page(record)).status_code == 403
    assert readings() == []


def test_a_visit_is_shown_at_the_time_of_day_of_the_place(clea, browser, alice):
    evening = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
    record = HealthRecordFactory(patient=alice, visit_date=evening, visit_offset=-420)
    with_permissions(clea, "view_doctorcomment")
    DoctorCommentFactory(health_record=record)
    client, at = browser(clea), "2026-03-02 23:30 UTC-07:00"

    pages = [
        client.get("/admin/health_records/healthrecord/"),
        client.get(f"/admin/health_records/healthrecord/{record.pk}/change/"),
        client.post(text_page(record)),
    ]

    assert [at in page.text for page in pages] == [True, True, True]
    comments = client.get("/admin/health_records/doctorcomment/").text
    assert "Check-up of 2026-03-02" in comments
