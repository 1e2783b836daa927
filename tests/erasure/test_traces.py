"""Of a patient who has left no table keeps a trace, but for ids in the ledger."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone

from phr.accounts.models import LoginSession, Mail, User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, PatientProfile
from phr.core.models import OutboxEvent
from phr.erasure import tasks
from phr.erasure.models import Erasure
from phr.health_records.models import (
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.notifications.models import Notification
from tests.audit.ledgers import found, seal
from tests.erasure.conftest import ADDRESS, ALL_WORDS, BROWSER, mistype
from tests.erasure.traces import columns, traces_of
from tests.factories import (
    AccessEntryFactory,
    DoctorCommentFactory,
    NotificationFactory,
)

A_YEAR = timedelta(days=365)


def test_the_search_for_traces_finds_them(everything):
    """Without this, finding none would say nothing."""
    places = {(table, column) for table, column, _ in traces_of(ALL_WORDS)}

    assert {
        ("accounts_user", "username"),
        ("accounts_user", "date_of_birth"),
        ("accounts_loginsession", "address"),
        ("accounts_mail", "address"),
        ("account_emailaddress", "email"),
        ("mfa_authenticator", "data"),
        ("usersessions_usersession", "user_agent"),
        ("audit_accessentry", "actor_name"),
        ("audit_accessentry", "address"),
        ("audit_countedrefusal", "thing"),
        ("care_patientprofile", "emergency_contact"),
        ("care_caregrant", "reason"),
        ("care_emergencyaccess", "review_note"),
        ("health_records_healthrecord", "search_words"),
        ("health_records_doctorcomment", "comment"),
        ("health_records_recordversion", "title"),
        ("health_records_commentversion", "comment"),
        ("notifications_notification", "message"),
        ("django_admin_log", "object_repr"),
    } <= places


def test_no_trace_of_the_person_is_left_in_any_table(everything, leave):
    leave(everything)
    Mail.objects.update(sent_at=timezone.now())  # the last one has left

    tasks.erase_due_accounts()

    assert len(columns()) > 100
    assert traces_of(ALL_WORDS) == set()


def test_until_the_last_mail_has_left_it_alone_knows_the_address(everything, leave):
    EmailAddress.objects.filter(user=everything.user).update(verified=True)
    erasure = leave(everything)

    tasks.erase_due_accounts()

    places = {(table, column) for table, column, _ in traces_of(ALL_WORDS)}
    assert places == {("accounts_mail", "address"), ("accounts_mail", "mailbox")}
    mail = Mail.objects.get()
    assert (mail.kind, mail.about_id) == ("erasure.account_erased", erasure.pk)
    assert mail.user is None
    due = OutboxEvent.objects.get(
        kind="accounts.mail_due", payload__mail_id=str(mail.pk)
    )
    assert due.payload.keys() == {"mail_id"}


@pytest.mark.parametrize(
    "change",
    [
        {"refused_at": timezone.now()},
        {"created_at": timezone.now() - timedelta(days=8)},
    ],
    ids=["refused", "not sent for a week"],
)
def test_a_last_mail_that_cannot_leave_is_forgotten(zinnia, leave, change):
    leave(zinnia)
    Mail.objects.update(**change)

    tasks.erase_due_accounts()

    assert not Mail.objects.exists()


def test_what_is_left_is_an_id_that_leads_to_nobody(everything, leave):
    user_id = everything.user_id

    erasure = leave(everything)

    assert erasure.user_id == user_id
    assert not User.objects.filter(pk=user_id).exists()
    assert not PatientProfile.objects.filter(pk=everything.pk).exists()
    assert not Session.objects.exists()
    kept = AccessEntry.objects.filter(patient_id=everything.pk)
    assert kept.filter(actor_id=user_id, actor_role="PATIENT").exists()
    assert kept.filter(actor_name="Dan Okoro").exists()


def test_others_keep_what_is_theirs(everything, leave, alice, alices_record, dr_bob):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="Changed", version=2)
    NotificationFactory(recipient=dr_bob.user, about_patient=alice)
    line = AccessEntryFactory(actor_id=dr_bob.user_id, address="192.0.2.1")
    sessions = LoginSession.objects.exclude(user=everything.user).count()

    leave(everything)

    assert DoctorComment.objects.get() == comment
    assert HealthRecord.objects.filter(patient=alice).get() == alices_record
    assert RecordVersion.objects.get().patient_id == alice.pk
    assert CareGrant.objects.filter(patient=alice).count() == 1
    assert Notification.objects.filter(about_patient=alice).count() == 1
    assert LoginSession.objects.count() == sessions
    line.refresh_from_db()
    assert (line.actor_name, line.address) == ("Bob Stone", "192.0.2.1")


def refused_sign_ins(patient):
    """Of each line: from where, by what, and how often."""
    lines = AccessEntry.objects.filter(
        actor_id=None, object_ids=[patient.user_id], outcome="REFUSED"
    )
    return list(lines.order_by("pk").values_list("address", "user_agent", "count"))


def test_of_a_mistyped_sign_in_it_is_kept_that_it_was_and_not_from_where(zinnia, leave):
    mistype(zinnia, times=5)
    seal()
    assert refused_sign_ins(zinnia) == [(ADDRESS, BROWSER, 1)]

    leave(zinnia)
    seal()

    assert refused_sign_ins(zinnia) == [(None, "", 1), (None, "", 4)]
    assert found() is None


def test_others_mistyped_sign_ins_stay_as_they_are(zinnia, alice, leave):
    mistype(alice)

    leave(zinnia)

    assert refused_sign_ins(alice) == [(ADDRESS, BROWSER, 1)]


def test_a_sign_in_that_was_under_way_is_forgotten_afterwards(zinnia, leave):
    leave(zinnia)
    AccessEntryFactory(
        actor_id=None,
        object_kind="account",
        object_ids=[zinnia.user_id],
        outcome="REFUSED",
        address=ADDRESS,
        user_agent=BROWSER,
    )

    tasks.erase_due_accounts()

    assert refused_sign_ins(zinnia) == [(None, "", 1)]


def test_who_left_before_is_no_longer_placed_either(zinnia, leave, alice):
    """They were erased when only their own lines were redacted."""
    mistype(alice)
    erasure = leave(zinnia)
    Erasure.objects.filter(pk=erasure.pk).update(erased_at=timezone.now() - A_YEAR)
    for number in range(3):
        AccessEntryFactory(
            actor_id=None,
            actor_name="",
            object_kind="account",
            object_ids=[zinnia.user_id],
            outcome="REFUSED",
            address=ADDRESS,
            user_agent=f"{BROWSER}.{number}",
        )
    seal()
    migration = import_module("phr.erasure.migrations.0003_places_of_refused_sign_ins")

    migration.redact(apps, None)

    assert refused_sign_ins(zinnia) == [(None, "", 1)] * 3
    assert refused_sign_ins(alice) == [(ADDRESS, BROWSER, 1)]
    assert found() is None
    erasure.refresh_from_db()
    assert erasure.counts["ledger_lines_redacted"] >= 3
