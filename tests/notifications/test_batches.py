"""Of events that are delivered together people are told as of each alone."""

from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.accounts.events import PasswordChanged, PasswordResetAsked
from phr.accounts.models import Mail
from phr.care.events import DoctorAssigned, EmergencyAccessOpened
from phr.core import events, outbox, tasks
from phr.core.models import OutboxEvent
from phr.core.outbox_queue import Taken
from phr.core.queues import OF_MAILS
from phr.health_records.events import CommentAdded, RecordCreated
from phr.notifications.inbox_limits import MORE, MOST_FROM_ONE, lock_inboxes
from phr.notifications.models import Notification
from tests.factories import (
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    EmergencyAccessFactory,
    HealthRecordFactory,
    PatientFactory,
    StaffFactory,
)
from tests.waiting import started_and_waiting

pytestmark = pytest.mark.django_db


def emit(*emitted):
    with transaction.atomic():
        return [events.emit(each).pk for each in emitted]


def deliver(ids):
    return outbox.deliver(ids, now=timezone.now())


def told():
    return set(Notification.objects.values_list("recipient", "about_patient"))


def records_of(patient, times):
    records = HealthRecordFactory.create_batch(times, patient=patient)
    return [
        RecordCreated(record_id=record.pk, by=patient.user_id) for record in records
    ]


def test_of_records_of_many_patients_each_doctor_hears_of_their_own():
    grants = CareGrantFactory.create_batch(5)
    both = CareGrantFactory(patient=grants[0].patient, doctor=grants[1].doctor)

    deliver(emit(*[records_of(grant.patient, 1)[0] for grant in grants]))

    expected = {(grant.doctor.user_id, grant.patient_id) for grant in [*grants, both]}
    assert told() == expected


def test_of_records_of_one_patient_each_doctor_hears_of_what_they_may_read(alice):
    all_of_it = CareGrantFactory(patient=alice).doctor
    labs = CareGrantFactory(patient=alice, record_types=["LAB_RESULT"]).doctor
    CareGrantFactory(patient=alice, ended=True)
    lab = HealthRecordFactory(patient=alice, record_type="LAB_RESULT")
    checkup = HealthRecordFactory(patient=alice, record_type="CHECKUP")

    deliver(emit(*[
        RecordCreated(record_id=each.pk, by=alice.user_id) for each in (lab, checkup)
    ]))  # fmt: skip

    lines = Counter(Notification.objects.values_list("recipient", flat=True))
    assert lines == {all_of_it.user_id: 2, labs.user_id: 1}


def test_a_bound_holds_within_a_batch_and_between_batches(alice, dr_bob, bobs_grant):
    other = CareGrantFactory(doctor=dr_bob).patient

    for _ in range(2):
        deliver(emit(*records_of(alice, 3 * MOST_FROM_ONE), *records_of(other, 3)))

    lines = Notification.objects.filter(recipient=dr_bob.user)
    by_whom = Counter(lines.values_list("event__owner_id", flat=True))
    assert by_whom == {alice.user_id: MOST_FROM_ONE + 1, other.user_id: 6}
    assert lines.filter(message=MORE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_bound_holds_for_batches_at_once(alice, dr_bob, bobs_grant):
    first, second = (emit(*records_of(alice, MOST_FROM_ONE)) for _ in range(2))

    with transaction.atomic():
        deliver(first)
        other = started_and_waiting(partial(deliver, second))

    assert other.result() == len(second)
    assert Notification.objects.filter(recipient=dr_bob.user).count() == 11


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_an_inbox_holds_none_that_comes_later(alice):
    """Else two batches that tell the same people would wait for each other."""
    doctors = [CareGrantFactory(patient=alice).doctor.user_id for _ in range(6)]
    first, *others = sorted(doctors, key=lambda user_id: user_id.int % 2**63)
    ids = emit(*records_of(alice, 1))

    with transaction.atomic():
        lock_inboxes([first])
        batch = started_and_waiting(partial(deliver, ids))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
                " WHERE datname = current_database()"
                " AND locktype = 'advisory' AND granted"
            )
            held = cursor.fetchone()[0]

    assert batch.result() == 1
    assert (held, len(others)) == (1, 5)


def test_a_hundred_events_of_many_kinds_cost_as_many_statements_as_a_few(confirm):
    staff = StaffFactory(is_superuser=True)
    confirm(staff)

    def some_of_each(times):
        for _ in range(times):
            grant = CareGrantFactory()
            confirm(grant.patient.user)
            confirm(grant.doctor.user)
            record = HealthRecordFactory(patient=grant.patient)
            comment = DoctorCommentFactory(health_record=record, doctor=grant.doctor)
            opened = EmergencyAccessFactory(grant__patient=grant.patient).grant
            by = {"by": grant.patient.user_id}
            yield RecordCreated(record_id=record.pk, **by)
            yield CommentAdded(comment_id=comment.pk, by=grant.doctor.user_id)
            yield DoctorAssigned(grant_id=grant.pk, by=grant.doctor.user_id)
            yield EmergencyAccessOpened(grant_id=opened.pk, by=opened.doctor.user_id)
            yield PasswordChanged(user_id=grant.patient.user_id)
            yield PasswordResetAsked(user_id=grant.patient.user_id)

    def statements(times):
        ids = emit(*some_of_each(times))
        before = Notification.objects.count(), Mail.objects.count()
        with CaptureQueriesContext(connection) as captured:
            assert deliver(ids) == len(ids) == 6 * times
        assert Notification.objects.count() - before[0] >= 6 * times
        assert Mail.objects.count() - before[1] >= 5 * times
        return len(captured)

    few, many = statements(2), statements(17)

    assert many == few
    assert many < 50


def test_mails_are_never_sent_in_a_batch(alice, confirm, mailbox):
    """One that fails would have the others sent again."""
    doctors = DoctorFactory.create_batch(3)
    for doctor in doctors:
        confirm(doctor.user)
    deliver(emit(*[PasswordChanged(user_id=doctor.user_id) for doctor in doctors]))
    mails = OutboxEvent.objects.filter(queue__in=OF_MAILS)

    tasks.deliver_taken([Taken(0, pk, "") for pk in mails.values_list("pk", flat=True)])

    assert sorted(mailbox.recipients) == sorted(each.user.email for each in doctors)
    assert not mails.filter(delivered_at=None).exists()


def test_mails_keep_the_requests_and_turns_of_what_caused_them(confirm):
    patients = PatientFactory.create_batch(2)
    ids = emit(*[PasswordChanged(user_id=each.user_id) for each in patients])
    for patient in patients:
        confirm(patient.user)
    OutboxEvent.objects.filter(pk=ids[0]).update(request_id="a-request")

    deliver(ids)

    mails = OutboxEvent.objects.filter(queue__in=OF_MAILS)
    assert set(mails.values_list("owner_id", "request_id", "turn")) == {
        (patients[0].user_id, "a-request", 0),
        (patients[1].user_id, "", 0),
    }


def test_staff_with_a_right_are_told_of_each(confirm):
    reviewers = [StaffFactory(is_superuser=True) for _ in range(2)]
    opened = EmergencyAccessFactory.create_batch(3)

    deliver(emit(*[
        EmergencyAccessOpened(grant_id=each.grant_id, by=each.grant.doctor.user_id)
        for each in opened
    ]))  # fmt: skip

    for reviewer in reviewers:
        assert Notification.objects.filter(recipient=reviewer).count() == len(opened)
