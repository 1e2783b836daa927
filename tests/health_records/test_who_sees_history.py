"""Who may see which change of a record: both of its sides, or nothing of it."""

from datetime import timedelta

import pytest

from phr.audit.models import AccessEntry, Outcome
from phr.care.choices import RecordType
from phr.health_records.models import (
    CommentVersion,
    RecordVersion,
)
from tests.factories import (
    MONDAY,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    HealthRecordFactory,
)
from tests.health_records.changing import (
    change,
    change_comment,
    comment_url,
    read,
    url_of,
)
from tests.rows import nothing_written


@pytest.fixture
def secret(alices_record, dr_bob):
    return DoctorCommentFactory(
        health_record=alices_record,
        doctor=dr_bob,
        comment="Hypochondria?",
        is_private=True,
    )


def test_what_was_private_stays_out_of_the_patients_history(api, alices_record, secret):
    bob = api("dr_bob")
    change_comment(bob, secret, comment="Hypochondria!")
    change_comment(bob, secret, is_private=False, comment="All is well.")
    change_comment(bob, secret, comment="All is very well.")

    response = api("alice").get(f"{url_of(alices_record)}history/")

    assert "Hypochondria" not in response.content.decode()
    assert [entry["version"] for entry in response.json()["results"]] == [4]
    assert [entry["version"] for entry in read(bob, alices_record)] == [4, 3, 2]


def test_what_became_private_stays_out_of_the_patients_history(
    api, alices_record, remark
):
    bob = api("dr_bob")
    change_comment(bob, remark, is_private=True, comment="Hypochondria!")
    assert read(api("alice"), alices_record) == []
    change_comment(bob, remark, comment="Hypochondria indeed.")

    assert read(api("alice"), alices_record) == []
    assert len(read(bob, alices_record)) == 2


def test_a_deleted_private_comment_stays_out_of_the_patients_history(
    api, alices_record, secret
):
    assert api("dr_bob").delete(comment_url(secret)).status_code == 204

    assert read(api("alice"), alices_record) == []
    assert len(read(api("dr_bob"), alices_record)) == 1


@pytest.fixture
def dr_ida(alice):
    """Verified; may see Alice's check-ups of this year and nothing else."""
    doctor = DoctorFactory(verified=True, user__username="dr_ida")
    CareGrantFactory(
        patient=alice,
        doctor=doctor,
        record_types=[RecordType.CHECKUP],
        records_since=MONDAY.date().replace(month=1, day=1),
    )
    return doctor


def test_a_doctor_sees_no_version_of_a_type_outside_the_grant(
    api, alice, dr_ida, dr_bob
):
    record = HealthRecordFactory(
        patient=alice, record_type=RecordType.DIAGNOSIS, title="Depression"
    )
    patient = api("alice")
    change(patient, record, title="Deep depression")
    change(patient, record, record_type="CHECKUP", title="Check-up")
    change(patient, record, title="Yearly check-up")

    response = api("dr_ida").get(f"{url_of(record)}history/")

    assert "epression" not in response.content.decode()
    assert [entry["version"] for entry in response.json()["results"]] == [4]
    assert [entry["version"] for entry in read(api("dr_bob"), record)] == [4, 3, 2]
    assert [entry["version"] for entry in read(patient, record)] == [4, 3, 2]


def test_a_doctor_sees_no_version_of_a_visit_before_the_grants_records(
    api, alice, dr_ida
):
    record = HealthRecordFactory(
        patient=alice, visit_date=MONDAY - timedelta(days=365), title="Old story"
    )
    change(api("alice"), record, visit_date="2026-03-02T09:00:00Z", title="New story")

    response = api("dr_ida").get(f"{url_of(record)}history/")

    assert response.status_code == 200
    assert response.json()["results"] == []


def test_a_version_between_that_is_out_of_scope_hides_both_of_its_changes(
    api, alice, dr_ida
):
    record = HealthRecordFactory(patient=alice, title="First check-up")
    patient = api("alice")
    change(patient, record, record_type="DIAGNOSIS", title="Depression")
    change(patient, record, record_type="CHECKUP", title="Second check-up")

    assert read(api("dr_ida"), record) == []
    assert len(read(patient, record)) == 2


def test_a_version_is_hidden_together_with_its_record(api, alice, dr_ida, dr_bob):
    patient = api("alice")
    record = HealthRecordFactory(patient=alice, title="Check-up")
    DoctorCommentFactory(health_record=record).delete()
    change(patient, record, title="Check-up again")
    assert versions_of(dr_ida) == versions_of(alice) == (1, 1)

    change(patient, record, record_type="DIAGNOSIS")
    assert versions_of(dr_ida) == (0, 0)
    assert versions_of(dr_bob) == (2, 1)

    assert patient.delete(url_of(record)).status_code == 204
    assert versions_of(alice) == versions_of(dr_bob) == (0, 0)


def versions_of(reader):
    return tuple(
        model.objects.visible_to(reader.user).count()
        for model in (RecordVersion, CommentVersion)
    )


@pytest.mark.parametrize(
    "who", ["dr_eve", "dr_gil", "dr_hal", "dr_fay", "dr_dan", "carol", "sam"]
)
def test_who_may_not_read_the_record_is_told_that_there_is_none(
    api, request, alices_record, who
):
    request.getfixturevalue(who)
    change(api("alice"), alices_record, title="Knee")
    client = api(who)

    with nothing_written():
        response = client.get(f"{url_of(alices_record)}history/")

    assert response.status_code == 404
    assert "Knee" not in response.content.decode()
    refused = AccessEntry.objects.get(outcome=Outcome.REFUSED)
    assert refused.action == "health_records.history_read"
    assert refused.patient_id == alices_record.patient_id


def test_the_end_of_a_grant_closes_the_history(api, alices_record, bobs_grant):
    change(api("alice"), alices_record, title="Knee")
    bob = api("dr_bob")
    assert len(read(bob, alices_record)) == 1

    type(bobs_grant).objects.filter(pk=bobs_grant.pk).update(
        status="ENDED", ended_at=MONDAY
    )

    assert bob.get(f"{url_of(alices_record)}history/").status_code == 404


def test_the_history_of_a_deleted_record_is_nobodys_until_it_is_restored(
    api, alices_record, dr_bob
):
    alice = api("alice")
    change(alice, alices_record, title="Knee")
    alice.delete(url_of(alices_record))
    assert alice.get(f"{url_of(alices_record)}history/").status_code == 404
    assert api("dr_bob").get(f"{url_of(alices_record)}history/").status_code == 404

    alice.post(f"{url_of(alices_record)}restore/")

    kinds = [
        (entry["version"], entry["kind"], entry["changes"])
        for entry in read(api("dr_bob"), alices_record)
    ]
    assert kinds[:2] == [(4, "restored", []), (3, "deleted", [])]
    assert kinds[2][:2] == (2, "changed")


def test_a_doctors_reading_is_entered_with_the_types_that_it_showed(
    api, alice, alices_record, bobs_grant
):
    change(api("alice"), alices_record, record_type="DIAGNOSIS")

    read(api("dr_bob"), alices_record)
    read(api("alice"), alices_record)

    entry = AccessEntry.objects.get(action="health_records.history_read")
    assert entry.actor_id == bobs_grant.doctor.user_id
    assert entry.patient_id == alice.pk
    assert entry.grant_id == bobs_grant.pk
    assert entry.object_ids == [alices_record.pk]
    assert entry.categories == ["CHECKUP", "DIAGNOSIS"]


def test_other_records_are_not_in_the_history(api, alice, alices_record):
    other = HealthRecordFactory(patient=alice)
    change(api("alice"), other, title="Elbow")

    assert read(api("alice"), alices_record) == []
