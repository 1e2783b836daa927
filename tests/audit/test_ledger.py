"""What is entered: who did what with whose data, why, and from where."""

from uuid import UUID

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry, Basis
from phr.care.grants import end_grant
from tests.audit.conftest import from_there, line, lines
from tests.care.conftest import grant_between
from tests.conftest import user_of
from tests.factories import (
    PASSWORD,
    CareGrantFactory,
    DoctorCommentFactory,
    HealthRecordFactory,
)

RECORDS = "/api/health-records/"
ASSIGN = "/api/auth/assign-doctor/"
RECORD = {
    "record_type": "LAB_RESULT",
    "title": "Blood count",
    "visit_date": "2026-03-02T09:00:00Z",
}


@pytest.fixture
def url(alices_record):
    return f"{RECORDS}{alices_record.pk}/"


def test_a_doctors_opening_of_a_record(
    api, alice, dr_bob, bobs_grant, alices_record, url
):
    before = timezone.now()

    from_there(api("dr_bob")).get(url)

    assert lines() == [
        line(
            dr_bob,
            "health_records.record_opened",
            basis=Basis.GRANT,
            grant_id=bobs_grant.pk,
            object_kind="record",
            object_ids=[alices_record.pk],
            categories=["CHECKUP"],
            patient_id=alice.pk,
        )
    ]
    assert before <= AccessEntry.objects.get().at <= timezone.now()


def test_a_doctors_list_over_two_patients_has_a_line_for_each(
    api, alice, carol, dr_bob, bobs_grant
):
    of_carol = CareGrantFactory(patient=carol, doctor=dr_bob)
    alices = [
        HealthRecordFactory(patient=alice, record_type=kind)
        for kind in ("CHECKUP", "EMERGENCY", "CHECKUP")
    ]
    carols = [HealthRecordFactory(patient=carol, record_type="DIAGNOSIS")]

    from_there(api("dr_bob")).get(RECORDS)

    found = {entry["patient_id"]: entry for entry in lines()}
    assert len(lines()) == len(found) == 2
    for patient, grant, records, categories in (
        (alice, bobs_grant, alices, ["CHECKUP", "EMERGENCY"]),
        (carol, of_carol, carols, ["DIAGNOSIS"]),
    ):
        assert found[patient.pk] == line(
            dr_bob,
            "health_records.records_listed",
            basis=Basis.GRANT,
            grant_id=grant.pk,
            object_kind="record",
            object_ids=[record.pk for record in reversed(records)],
            categories=categories,
            patient_id=patient.pk,
        )


def test_a_list_names_the_records_of_its_page_only(api, alice, dr_bob):
    made = [HealthRecordFactory(patient=alice) for _ in range(5)]

    from_there(api("dr_bob")).get(RECORDS, {"page_size": 2})

    assert [entry["object_ids"] for entry in lines()] == [[made[4].pk, made[3].pk]]


def test_a_list_that_shows_nothing_leaves_no_line(api, alice, dr_bob):
    api("dr_bob").get(RECORDS)

    assert lines() == []


@pytest.mark.parametrize("one", [True, False])
def test_a_doctors_reading_of_comments(
    api, alice, dr_bob, bobs_grant, alices_record, url, one
):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)

    from_there(api("dr_bob")).get(f"{url}comments/{f'{comment.pk}/' if one else ''}")

    assert lines() == [
        line(
            dr_bob,
            "health_records.comments_read",
            basis=Basis.GRANT,
            grant_id=bobs_grant.pk,
            object_kind="record",
            object_ids=[alices_record.pk],
            categories=["CHECKUP"],
            patient_id=alice.pk,
        )
    ]


def test_a_doctors_list_of_patients(api, alice, dr_bob, bobs_grant):
    from_there(api("dr_bob")).get(f"{RECORDS}my-patients/")

    assert lines() == [
        line(
            dr_bob,
            "care.patients_listed",
            basis=Basis.GRANT,
            grant_id=bobs_grant.pk,
            object_kind="profile",
            object_ids=[alice.pk],
            patient_id=alice.pk,
        )
    ]


def test_a_patients_own_reading_leaves_no_line(api, dr_bob, alices_record, url):
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = api("alice")

    for path in (RECORDS, url, f"{url}comments/", "/api/auth/profile/"):
        assert client.get(path).status_code == 200

    assert lines() == []


def test_a_patients_own_changes(api, alice):
    client = from_there(api("alice"))

    location = client.post(RECORDS, RECORD, format="json").headers["Location"]
    client.patch(location, {"title": "Blood count, repeated"}, format="json")
    client.patch(
        location, {"title": "Blood count, repeated"}, format="json"
    )  # no change
    client.delete(location)

    record_id = UUID(location.split("/")[-2])
    assert lines() == [
        line(
            alice,
            f"health_records.{what}",
            object_kind="record",
            object_ids=[record_id],
            categories=["LAB_RESULT"],
            patient_id=alice.pk,
        )
        for what in ("record_created", "record_changed", "record_deleted")
    ]


def test_a_doctors_writing_of_comments(
    api, alice, dr_bob, bobs_grant, alices_record, url
):
    client = from_there(api("dr_bob"))

    created = client.post(f"{url}comments/", {"comment": "Rest."}, format="json").json()
    of_comment = f"{url}comments/{created['id']}/"
    client.patch(of_comment, {"comment": "Rest a lot."}, format="json")
    client.delete(of_comment)

    assert lines() == [
        line(
            dr_bob,
            f"health_records.{what}",
            basis=Basis.GRANT,
            grant_id=bobs_grant.pk,
            object_kind="comment",
            object_ids=[UUID(created["id"])],
            categories=["CHECKUP"],
            patient_id=alice.pk,
        )
        for what in ("comment_added", "comment_changed", "comment_deleted")
    ]


@pytest.mark.parametrize(
    ("who", "consent", "action", "basis"),
    [
        ("dr_eve", False, "care.doctor_assigned", Basis.GRANT),
        ("dr_eve", True, "care.access_requested", Basis.NONE),
        ("sam", True, "care.doctor_assigned", Basis.STAFF),
    ],
)
def test_an_assignment(
    request, api, settings, carol, dr_eve, who, consent, action, basis
):
    settings.CARE_CONSENT_REQUIRED = consent
    body = {"patient_id": str(carol.pk), "doctor_id": str(dr_eve.pk)}

    from_there(api(who)).post(ASSIGN, body, format="json")

    grant = grant_between(carol, dr_eve)
    assert lines() == [
        line(
            request.getfixturevalue(who),
            action,
            basis=basis,
            grant_id=grant.pk,
            object_kind="grant",
            object_ids=[grant.pk],
            patient_id=carol.pk,
        )
    ]


@pytest.mark.parametrize(
    ("who", "basis"),
    [("alice", Basis.OWN), ("dr_bob", Basis.GRANT), ("sam", Basis.STAFF)],
)
def test_the_end_of_a_grant(request, alice, bobs_grant, who, basis):
    actor = request.getfixturevalue(who)

    end_grant(actor=user_of(actor), grant_id=bobs_grant.pk, at=timezone.now())

    assert lines() == [
        line(
            actor,
            "care.grant_ended",
            basis=basis,
            grant_id=bobs_grant.pk,
            object_kind="grant",
            object_ids=[bobs_grant.pk],
            patient_id=alice.pk,
            face="internal",
            address=None,
            user_agent="",
        )
    ]


def test_a_change_of_ones_own_profile(api, alice):
    from_there(api("alice")).patch(
        "/api/auth/profile/", {"blood_type": "A+"}, format="json"
    )

    assert lines() == [
        line(
            alice,
            "care.profile_changed",
            object_kind="profile",
            object_ids=[alice.pk],
            patient_id=alice.pk,
        )
    ]


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_a_sign_in(request, api, alice, who):
    user = user_of(request.getfixturevalue(who))
    login = {"username": user.username, "password": PASSWORD}

    assert from_there(api("nobody")).post("/api/auth/login/", login).status_code == 200

    assert lines() == [
        line(
            user,
            "accounts.signed_in",
            object_kind="account",
            object_ids=[user.pk],
            patient_id=alice.pk if who == "alice" else None,
        )
    ]


def test_the_name_stays_as_it_was(api, alice, dr_bob, url):
    client = api("dr_bob")
    client.get(url)

    client.patch("/api/auth/profile/", {"user": {"last_name": "Rock"}}, format="json")

    assert [entry["actor_name"] for entry in lines()] == ["Bob Stone"]


def test_a_long_user_agent_is_cut_and_an_odd_address_left_out(api, dr_bob, url):
    api("dr_bob").get(url, HTTP_USER_AGENT="x\0y" * 500, REMOTE_ADDR="unix:")

    (entry,) = lines()
    assert entry["user_agent"] == ("xy" * 1000)[:200]
    assert entry["address"] is None
