"""One record of Alice's, full of words that nobody else may read, and all that lies
around it."""

from datetime import timedelta
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.utils import timezone

from phr.accounts.addresses import claim_address
from phr.accounts.links import confirmation_key, reset_key
from phr.accounts.models import LoginSession, User
from phr.care.choices import RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.ids import uuid7
from phr.health_records.models import TEXTS, DoctorComment, HealthRecord
from phr.identity.second_factors import PASSKEY, TOTP
from phr.identity.sign_in import start_session
from tests import cast
from tests.care.conftest import grant_between
from tests.factories import (
    PASSWORD,
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    ErasureFactory,
    ExportFactory,
    HealthRecordFactory,
    NotificationFactory,
    NotificationPreferenceFactory,
)
from tests.identity.authenticator import registered

SECRET = "Unmistakable"  # in every text of the record and in each comment
PRIVATE_SECRET = "Confidentially"

Names = dict[str, str]


class People(NamedTuple):
    alice: PatientProfile
    carol: PatientProfile
    dr_bob: DoctorProfile
    dr_eve: DoctorProfile
    dr_dan: DoctorProfile
    dr_fay: DoctorProfile
    dr_gil: DoctorProfile
    dr_hal: DoctorProfile
    dr_ira: DoctorProfile
    dr_jo: DoctorProfile
    sam: User
    nina: User


def make_people() -> People:
    alice = cast.make_alice()
    return People(
        alice=alice,
        carol=cast.make_carol(),
        dr_bob=cast.make_dr_bob(alice),
        dr_eve=cast.make_dr_eve(alice),
        dr_dan=cast.make_dr_dan(),
        dr_fay=cast.make_dr_fay(alice),
        dr_gil=cast.make_dr_gil(alice),
        dr_hal=cast.make_dr_hal(alice),
        dr_ira=cast.make_dr_ira(alice),
        dr_jo=cast.make_dr_jo(alice),
        sam=cast.make_sam(),
        nina=cast.make_nina(),
    )


def make_scene(people: People) -> Names:
    """Make everything else, too.

    :returns: what the names in braces of the table stand for.
    """
    return {
        "in_a_year": (timezone.now() + timedelta(days=365)).isoformat(),
        "day_in_a_year": str(timezone.localdate() + timedelta(days=365)),
        "specialization": people.dr_dan.specialization,
        "license_number": people.dr_dan.license_number,
        "anything_else": "no-such-thing/",
        "password": PASSWORD,
        "new_password": "another long sentence 8",
        **ids_of(people),
        **add_records(people),
        **add_comments(people),
        **add_account(people.alice.user),
        **add_the_rest(people),
    }


def ids_of(people: People) -> Names:
    alice = people.alice
    return {
        "alice_id": str(alice.pk),
        "patient_id": str(alice.pk),
        "carol_id": str(people.carol.pk),
        "dr_bob_id": str(people.dr_bob.pk),
        "dr_eve_id": str(people.dr_eve.pk),
        "dr_dan_id": str(people.dr_dan.pk),
        "doctor_id": str(people.dr_dan.pk),
        "grant_id": str(grant_between(alice, people.dr_bob).pk),
        "request_id": str(grant_between(alice, people.dr_hal).pk),
        "ended_grant_id": str(grant_between(alice, people.dr_eve).pk),
    }


def add_records(people: People) -> Names:
    texts = {name: f"{SECRET} {name}" for name in ("title", *TEXTS)}
    record = HealthRecordFactory(
        patient=people.alice, record_type=RecordType.CHECKUP, **texts
    )
    deleted = HealthRecordFactory(
        patient=people.alice, title=f"{SECRET} once", deleted_at=timezone.now()
    )
    AccessEntryFactory(
        patient_id=people.alice.pk,
        actor_id=people.dr_bob.user_id,
        object_ids=[record.pk],
    )
    return {
        "record_id": str(record.pk),
        "deleted_record_id": str(deleted.pk),
        "carols_record_id": str(HealthRecordFactory(patient=people.carol).pk),
    }


def add_comments(people: People) -> Names:
    """By Dr. Bob, and by a doctor who cares for Alice beside him."""
    record = HealthRecord.objects.get(patient=people.alice, deleted_at=None)
    colleague = DoctorFactory(verified=True)
    CareGrantFactory(patient=people.alice, doctor=colleague)
    advice = DoctorCommentFactory(
        health_record=record, doctor=colleague, comment=f"{SECRET} advice"
    )
    said = DoctorCommentFactory(
        health_record=record, doctor=people.dr_bob, comment=f"{SECRET} remark"
    )
    private = DoctorCommentFactory(
        health_record=record,
        doctor=people.dr_bob,
        comment=f"{PRIVATE_SECRET} said",
        is_private=True,
    )
    change_all(record, said, private)
    return {
        "comment_id": str(said.pk),
        "private_comment_id": str(private.pk),
        "colleagues_comment_id": str(advice.pk),
    }


def change_all(record: HealthRecord, *comments: DoctorComment) -> None:
    """Leave a version of each behind, with the same unmistakable words."""
    HealthRecord.objects.filter(pk=record.pk).update(
        title=f"{record.title} again", version=2
    )
    for comment in comments:
        DoctorComment.objects.filter(pk=comment.pk).update(
            comment=f"{comment.comment} again", version=2
        )


def add_account(user: User) -> Names:
    """A session, factors, a confirmed address and the keys of links."""
    NotificationPreferenceFactory(user=user)
    tokens = start_session(user=user, at=timezone.now())
    session = LoginSession.objects.get(user=user)
    passkey = add_factors(user)
    claim_address(user)
    return {
        "session_id": str(session.pk),
        "passkey_id": passkey,
        "reset_key": reset_key(user),
        "confirmation_key": confirmation_key(user, user.email),
        "refresh": tokens.refresh,
    }


def add_factors(user: User) -> str:
    """An authenticator app and a passkey, whose id it returns."""
    passkey_id = str(uuid7())
    data = {"id": passkey_id, "name": "Phone", "credential": registered()}
    Authenticator.objects.create(user=user, type=TOTP, data={"counter": 0})
    Authenticator.objects.create(user=user, type=PASSKEY, data=data)
    return passkey_id


def add_the_rest(people: People) -> Names:
    DoctorVerificationFactory(doctor=people.dr_eve)
    user: Any = people.alice.user
    return {
        "emergency_id": str(EmergencyAccessFactory().pk),
        "export_id": str(ExportFactory(user=user, ready=True).pk),
        "waiting_export_id": str(ExportFactory(patient=people.carol).pk),
        "erasure_id": str(ErasureFactory(erased=True).pk),
        "notification_id": str(NotificationFactory(recipient=user).pk),
    }
