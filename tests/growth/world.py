"""A few people with very much of everything, among very many others."""

from datetime import timedelta
from hashlib import md5
from typing import NamedTuple
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from phr.accounts.models import User
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.health_records.search import KEY_LENGTH
from phr.identity.sign_in import start_session
from tests.cast import RIGHTS_OF_SAM, with_permissions
from tests.factories import (
    AccessEntryFactory,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    ExportFactory,
    HealthRecordFactory,
    NotificationFactory,
    OutboxEventFactory,
    PatientFactory,
    StaffFactory,
)
from tests.growth.multiplying import ago, copies, id_of, run

RECORDS, MANY, VERY_MANY = 1_000, 3_000, 10_000
DELETED = 300
BROWSER_KEY = md5(b"key5", usedforsecurity=False).hexdigest()  # as the database does
OPEN_GRANTS, EXPIRED = MANY - 500, 300  # of Dr. Bob
RARE = "care.primary_doctor_changed"
# Of ten doctors nine are cardiologists; the only sleep doctors came first of all.
SPECIALIZATION = (
    f"CASE WHEN n > {VERY_MANY - 30} THEN 'Sleep medicine'"
    " WHEN n % 10 = 0 THEN 'Urology' ELSE 'Cardiology' END"
)
LAST_NAME = f"CASE WHEN n > {VERY_MANY - 3} THEN 'Kruszewski' ELSE 'Person' || n END"


class World(NamedTuple):
    """Who reads, and whose ids stand in addresses."""

    alice: PatientProfile
    dr_bob: DoctorProfile
    sam: User
    record: HealthRecord
    grant: CareGrant
    stranger_id: UUID

    def user(self, who: str) -> User:
        """The account of one of them, by name."""
        somebody = getattr(self, who)
        return somebody if isinstance(somebody, User) else somebody.user

    @property
    def places(self) -> dict[str, UUID]:
        return {
            "alice": self.alice.pk,
            "bob": self.dr_bob.user_id,
            "dr_bob": self.dr_bob.pk,
            "record": self.record.pk,
            "grant": self.grant.pk,
            "stranger": self.stranger_id,
        }


def make_world() -> World:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    alice, dr_bob = PatientFactory(), DoctorFactory(verified=True)
    grant = CareGrantFactory(patient=alice, doctor=dr_bob, primary=True)
    stranger = DoctorFactory(user__username="stranger")
    record = HealthRecordFactory(patient=alice, created_by=alice.user)
    sam = with_permissions(StaffFactory(), *RIGHTS_OF_SAM)
    world = World(alice, dr_bob, sam, record, grant, stranger.user_id)
    add_people(alice, stranger)
    add_grants(world)
    add_records(world)
    add_comments(world)
    add_notifications(world)
    add_sessions(world)
    add_lines(world)
    add_what_is_left(world)
    # As after a vacuum, without which nobody knows how large this kind of index is.
    run("REINDEX INDEX accounts_users_by_words")
    run("REINDEX INDEX care_doctors_by_words")
    run("REINDEX INDEX health_records_words")
    run("ANALYZE")
    return world


def add_people(patient: PatientProfile, doctor: DoctorProfile) -> None:
    for kind, profile, count in (
        ("patient", patient, VERY_MANY),
        ("doctor", doctor, VERY_MANY),
    ):
        copies(
            profile.user,
            count,
            id=id_of(f"{kind}-user"),
            username=f"'{kind}_' || n",
            email=f"'{kind}_' || n || '@example.org'",
            first_name="'Ann'",
            last_name=LAST_NAME,
            search_text=f"lower('Ann ' || {LAST_NAME} || ' {kind}_' || n)",
            created_at=ago(),
        )
    copies(patient, VERY_MANY, id=id_of("patient"), user_id=id_of("patient-user"))
    copies(
        doctor,
        VERY_MANY,
        id=id_of("doctor"),
        user_id=id_of("doctor-user"),
        specialization=SPECIALIZATION,
        search_text=f"lower('Ann ' || {LAST_NAME} || chr(10) || {SPECIALIZATION})",
        created_at=ago(),
    )


def add_grants(world: World) -> None:
    """Of both Alice and Dr. Bob, in every state; those that wait are old."""
    now = timezone.now()
    ended = CareGrantFactory(patient=world.alice, ended=True)
    declined = CareGrantFactory(patient=world.alice, declined=True)
    pending = CareGrantFactory(
        patient=world.alice, pending=True, starts_at=now - timedelta(days=99)
    )
    expired = CareGrantFactory(
        patient=world.alice, expired=True, starts_at=now - timedelta(days=400)
    )
    sides = {
        "patient_id": f"'{world.alice.pk}'::uuid",
        "doctor_id": f"'{world.dr_bob.pk}'::uuid",
    }
    few = 40  # that let somebody in at one time
    for one, of_alice, of_bob, first in (
        (world.grant, few, OPEN_GRANTS, 0),
        (ended, MANY, MANY, 0),
        (declined, 300, 300, 0),
        (pending, few, few, MANY - 150),
        (expired, few, EXPIRED, OPEN_GRANTS),
    ):
        others = {
            "patient_id": id_of("patient", f"n + {first}"),
            "doctor_id": id_of("doctor", f"n + {first}"),
        }
        for (side, somebody), count in zip(
            sides.items(), (of_alice, of_bob), strict=True
        ):
            copies(
                one,
                count,
                **(others | {side: somebody}),
                is_primary="false",
                requested_at=ago(f"n + {first}"),
            )


def add_records(world: World) -> None:
    """Of Alice, some of them deleted, and of other patients; few speak of migraine."""
    record, alice = world.record, f"'{world.alice.pk}'::uuid"
    copies(
        record,
        RECORDS,
        visit_date=ago("n * 60"),
        record_type=types(f"n > {RECORDS - 30}"),
        search_words=words_of(alice, f"n > {RECORDS - 2}"),
    )
    copies(record, DELETED, visit_date=ago("n * 60"), deleted_at=ago())
    for _ in range(3):
        copies(
            record,
            MANY,
            patient_id=id_of("patient"),
            created_by_id=id_of("patient-user"),
            visit_date=ago("n * 60"),
            record_type=types("n % 50 = 0"),
            search_words=words_of(id_of("patient"), "n % 50 = 1"),
        )


def types(rare: str) -> str:
    return f"CASE WHEN {rare} THEN 'LAB_RESULT' ELSE 'CHECKUP' END"


def words_of(patient: str, about_migraine: str) -> str:
    """SQL for the words of the record that is copied, as those of a patient's."""
    key = f"right(({patient})::text, {KEY_LENGTH})"
    own = f"right(one.patient_id::text, {KEY_LENGTH})"
    return (
        f"(replace(one.search_words::text, {own}, {key})"
        f" || CASE WHEN {about_migraine} THEN ' ' || {key} || 'migraine' ELSE '' END"
        ")::tsvector"
    )


def add_comments(world: World) -> None:
    """And very many changes, of the record and of its comments."""
    record = world.record
    comment = DoctorCommentFactory(health_record=record, doctor=world.dr_bob)
    for other, count in ((record, MANY), (HealthRecordFactory(), VERY_MANY)):
        copies(
            comment,
            count,
            health_record_id=f"'{other.pk}'::uuid",
            doctor_id=id_of("doctor"),
            created_at=ago(),
            is_private="n % 10 = 0",
        )
    HealthRecord.objects.filter(pk=record.pk).update(version=2)
    DoctorComment.objects.filter(pk=comment.pk).update(version=2)
    for version in (RecordVersion.objects.get(), CommentVersion.objects.get()):
        copies(version, MANY, version="n + 1", pgh_created_at=ago(f"{MANY} - n"))
        copies(version, VERY_MANY, id=id_of("gone"), pgh_created_at=ago())
    HealthRecord.objects.filter(pk=record.pk).update(version=MANY + 2)
    DoctorComment.objects.filter(pk=comment.pk).update(version=MANY + 2)


def add_notifications(world: World) -> None:
    """Alice has read the oldest only; who is told of what comes from one event each."""
    event = OutboxEventFactory(delivered_at=timezone.now())
    copies(event, VERY_MANY, id=id_of("event"))
    line = NotificationFactory(recipient=world.alice.user, event=event)
    for recipient in (
        f"'{world.alice.user_id}'::uuid",
        id_of("patient-user", "n % 5000 + 1"),
    ):
        copies(
            line,
            VERY_MANY,
            recipient_id=recipient,
            event_id=id_of("event"),
            created_at=ago(),
            is_read=f"n > {VERY_MANY - 300}",
            read_at=f"CASE WHEN n > {VERY_MANY - 300} THEN now() END",
        )


def add_sessions(world: World) -> None:
    user = world.alice.user
    start_session(user=user, at=timezone.now())
    session = user.login_sessions.get()
    copies(session, MANY, created_at=ago(), revoked_at="now()")
    copies(session, MANY, created_at=ago())
    copies(session, VERY_MANY, user_id=id_of("patient-user", "n % 99 + 1"))
    ended = Session.objects.create(session_key="none", expire_date=timezone.now())
    tomorrow = "now() + interval '1 day'"
    copies(ended, MANY, session_key="md5('key' || n)", expire_date=tomorrow)
    listed = UserSession.objects.create(
        user=world.sam, ip="192.0.2.1", session_key="none", user_agent="Firefox"
    )
    others = id_of("patient-user", "n % 99 + 1")
    copies(listed, MANY, id="-n", session_key="md5('key' || n)", user_id=others)


def add_lines(world: World) -> None:
    """Lines about Alice by Dr. Bob and by others; one action and one actor are rare."""
    line = AccessEntryFactory(actor_id=world.dr_bob.user_id, patient_id=world.alice.pk)
    place = "nextval('audit_accessentry_position')"
    seldom = f"n > {VERY_MANY - 30}"
    common = {
        "position": place,
        "at": ago(),
        "action": f"CASE WHEN {seldom} THEN '{RARE}'"
        " WHEN n % 2 = 0 THEN 'health_records.records_listed' ELSE one.action END",
        "outcome": f"CASE WHEN {seldom} THEN 'REFUSED' ELSE 'ALLOWED' END",
    }
    bob, stranger = world.dr_bob.user_id, world.stranger_id
    rare = f"CASE WHEN n > {VERY_MANY - 60} THEN '{stranger}' ELSE '{bob}' END::uuid"
    copies(line, VERY_MANY, actor_id=rare, **common)
    copies(
        line,
        VERY_MANY,
        patient_id=id_of("patient", f"n % {MANY} + 1"),
        **common,
    )
    copies(
        line,
        VERY_MANY,
        patient_id=id_of("patient", "n % 99 + 1"),
        actor_id=id_of("doctor-user"),
        **common,
    )


def add_what_is_left(world: World) -> None:
    license_ = DoctorVerificationFactory(doctor=world.dr_bob)
    copies(
        license_,
        VERY_MANY,
        doctor_id=id_of("doctor"),
        created_at=ago(),
        status=f"CASE WHEN n > {VERY_MANY - 30} THEN 'PENDING'"
        f" WHEN n > {VERY_MANY - 60} THEN 'REFUSED' ELSE 'VERIFIED' END",
        valid_until="now()",
        decided_at="now()",
    )
    export = ExportFactory(user=world.alice.user)
    for user in (f"'{world.alice.user_id}'::uuid", id_of("patient-user", "n%99+1")):
        copies(export, MANY, user_id=user, status="'FAILED'", created_at=ago())
