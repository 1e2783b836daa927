"""Scopes and services say no by themselves, whatever the views let through."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from phr.archive.models import Export
from phr.archive.services import request_export
from phr.audit.models import AccessEntry
from phr.care.models import (
    CareGrant,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.care.services import assign_doctor
from phr.core.errors import NotAllowed, NotFound
from phr.health_records import staff_reads
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.services import create_record, delete_record
from phr.notifications.models import Notification
from tests.factories import (
    MONDAY,
    AccessEntryFactory,
    DoctorCommentFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    ExportFactory,
    NotificationFactory,
    UserFactory,
)
from tests.rows import nothing_written

SCOPES = [
    (Export, "visible_to"),
    (AccessEntry, "visible_to"),
    (PatientProfile, "visible_to"),
    (DoctorVerification, "visible_to"),
    (EmergencyAccess, "visible_to"),
    (HealthRecord, "visible_to"),
    (HealthRecord, "editable_by"),
    (HealthRecord, "commentable_by"),
    (DoctorComment, "visible_to"),
    (DoctorComment, "editable_by"),
    (Notification, "visible_to"),
]


@pytest.fixture
def one_of_each(alice, dr_bob, alices_record):
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    NotificationFactory(recipient=alice.user)
    AccessEntryFactory(patient_id=alice.pk, actor_id=dr_bob.user_id)
    DoctorVerificationFactory(doctor=dr_bob)
    ExportFactory(patient=alice)
    EmergencyAccessFactory(grant__patient=alice, grant__doctor=dr_bob)


@pytest.mark.parametrize(("model", "name"), SCOPES)
def test_staff_and_strangers_have_nothing_in_any_scope(one_of_each, sam, model, name):
    scope = getattr(model.objects, name)
    of_no_role = UserFactory.build(user_type="ROBOT")

    assert not scope(sam).exists()
    assert not scope(AnonymousUser()).exists()
    assert not scope(of_no_role).exists()


def test_somebody_of_no_known_role_ends_no_grant(alice, dr_bob):
    of_no_role = UserFactory.build(user_type="ROBOT")

    assert CareGrant.objects.exists()
    assert not CareGrant.objects.endable_by(of_no_role).exists()


def test_both_sides_of_an_emergency_and_no_others_know_of_it(
    one_of_each, alice, carol, dr_bob, dr_dan
):
    (known,) = EmergencyAccess.objects.all()

    for side in (alice, dr_bob):
        assert EmergencyAccess.objects.visible_to(side.user).get() == known
    for other in (carol, dr_dan):
        assert not EmergencyAccess.objects.visible_to(other.user).exists()


def test_licences_are_for_staff_to_decide_and_for_their_doctors_to_see(
    one_of_each, alice, dr_bob, dr_dan, sam, nina
):
    (handed_in,) = DoctorVerification.objects.all()

    assert DoctorVerification.objects.shown_to_staff(sam).get() == handed_in
    assert DoctorVerification.objects.visible_to(dr_bob.user).get() == handed_in
    assert not DoctorVerification.objects.visible_to(dr_dan.user).exists()
    for user in (alice.user, dr_bob.user, dr_dan.user, nina):
        assert not DoctorVerification.objects.shown_to_staff(user).exists()


def test_only_doctors_comment_and_only_patients_edit(alice, dr_bob, alices_record):
    assert HealthRecord.objects.commentable_by(dr_bob.user).get() == alices_record
    assert HealthRecord.objects.editable_by(alice.user).get() == alices_record
    assert PatientProfile.objects.visible_to(alice.user).get() == alice
    assert not HealthRecord.objects.commentable_by(alice.user).exists()
    assert not HealthRecord.objects.editable_by(dr_bob.user).exists()


def test_the_service_lets_no_patient_assign_a_doctor(alice, dr_bob, dr_dan):
    with nothing_written(), pytest.raises(NotAllowed):
        assign_doctor(
            actor=alice.user,
            patient_id=alice.pk,
            doctor_id=dr_dan.pk,
            at=timezone.now(),
        )


def test_the_service_exports_no_account_but_a_patients(dr_bob, sam):
    for actor in (dr_bob.user, sam):
        with nothing_written(), pytest.raises(NotAllowed):
            request_export(actor=actor, at=timezone.now())


def test_the_service_lets_no_doctor_keep_records(dr_bob):
    with nothing_written(), pytest.raises(NotAllowed):
        create_record(
            actor=dr_bob.user,
            now=timezone.now(),
            record_type="CHECKUP",
            title="Not theirs to write",
            visit_date=MONDAY,
        )


def test_clearance_is_for_staff_only(alice, dr_bob, alices_record):
    assert not staff_reads.may_read_clinical_text(dr_bob.user)
    with pytest.raises(staff_reads.NotCleared):
        staff_reads.read_record(actor=dr_bob.user, record_id=alices_record.pk)


def test_what_is_deleted_is_found_by_nobody(alices_record, alice):
    alices_record.deleted_at = MONDAY
    alices_record.save()

    with pytest.raises(NotFound):
        delete_record(actor=alice.user, record_id=alices_record.pk, at=MONDAY)
