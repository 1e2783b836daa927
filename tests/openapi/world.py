"""The people and things of the document's examples, in a database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pghistory
import pgtrigger
from django.contrib.auth.hashers import make_password
from django.utils.dateparse import parse_date, parse_datetime

from phr.accounts.models import User
from phr.api.openapi.examples import cast
from phr.audit.models import AccessEntry
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.models import BaseModel
from phr.health_records.models import RECORD_FIELDS, CommentVersion, DoctorComment
from phr.health_records.visit_times import columns_of
from tests.cast import RIGHTS_OF_SAM, with_permissions
from tests.factories import (
    MONDAY,
    CareGrantFactory,
    DoctorCommentFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    ErasureFactory,
    ExportFactory,
    HealthRecordFactory,
    NotificationFactory,
    PatientFactory,
    StaffFactory,
    UserFactory,
)

CAST = cast()
GRANTED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SAME_IN_ENTRY = (
    *("id", "action", "object_kind", "object_ids", "categories"),
    *("count", "basis", "outcome"),
)
PASSWORD_HASH = make_password(CAST["password"])


def populate() -> dict[str, User]:
    """Make the world of the examples.

    :returns: those who may sign in, by role.
    """
    alice = account(CAST["alice_herself"])
    bob = account(CAST["bob_himself"])
    sam = account(CAST["sam_himself"], StaffFactory)
    with_permissions(sam, *RIGHTS_OF_SAM)
    patient = PatientFactory(
        id=UUID(CAST["patient"]["id"]), user=alice, **CAST["alices_part"]
    )
    doctor = DoctorFactory(
        id=CAST["dr_bob"]["id"],
        user=bob,
        specialization=CAST["dr_bob"]["specialization"],
        years_of_experience=CAST["dr_bob"]["years_of_experience"],
        verified_at=MONDAY,
        verified_by=sam,
        verified_until=at(CAST["dr_bob_himself"]["verified_until"]),
        **CAST["bobs_license"],
    )
    add_license(CAST["bobs_verification"], doctor, decided_by=sam)
    add_license(CAST["dans_verification"], add_dan())
    CareGrantFactory(
        id=CAST["grant"]["id"],
        patient=patient,
        doctor=doctor,
        primary=True,
        starts_at=GRANTED,
        requested_at=GRANTED,
        decided_at=GRANTED,
    )
    add_record(patient, doctor)
    add_entry()
    add_export(alice)
    add_receipt()
    for person in (alice, bob, sam):
        add_notification(person)
    return {"patient": alice, "doctor": bob, "staff": sam}


def account(user: dict[str, Any], factory: type[UserFactory] = UserFactory) -> User:
    born = user.get("date_of_birth")
    day = parse_date(born) if born else None
    user = user | {"password": PASSWORD_HASH, "date_of_birth": day}
    made: User = factory(**user)
    return made


def add_dan() -> DoctorProfile:
    login = {"username": "dan.okoro", "user_type": "DOCTOR"}
    dan: DoctorProfile = DoctorFactory(
        id=CAST["dr_dan"]["id"],
        user=account(CAST["dr_dan"]["user"] | login),
        years_of_experience=None,
        **CAST["dans_license"],
    )
    return dan


def add_license(
    shown: dict[str, Any], doctor: DoctorProfile, decided_by: User | None = None
) -> None:
    times = {
        name: at(shown[name]) if shown[name] else None
        for name in ("valid_until", "created_at", "decided_at")
    }
    DoctorVerificationFactory(**shown | times, doctor=doctor, decided_by=decided_by)


def add_record(patient: PatientProfile, doctor: DoctorProfile) -> None:
    written = {name: CAST["record"][name] for name in RECORD_FIELDS}
    record = HealthRecordFactory(
        **written | columns_of(at(written["visit_date"])),
        id=CAST["record"]["id"],
        patient=patient,
    )
    stamp(record, CAST["record"])
    comment = DoctorCommentFactory(
        id=CAST["comment"]["id"],
        health_record=record,
        doctor=doctor,
        comment=CAST["comment"]["comment"],
    )
    stamp(comment, CAST["comment"])
    add_change(comment)


def add_entry() -> None:
    shown = CAST["entry"]
    actor, origin = shown["actor"], shown["origin"]
    same = {name: shown[name] for name in SAME_IN_ENTRY}
    AccessEntry.objects.create(
        **same,
        **origin,
        at=at(shown["at"]),
        actor_id=actor["id"],
        actor_name=actor["name"],
        actor_role=actor["role"],
        patient_id=shown["patient"],
        grant_id=shown["grant"],
    )


def add_receipt() -> None:
    times = {name: at(CAST["receipt"][name]) for name in ("requested_at", "erased_at")}
    ErasureFactory(
        id=CAST["ids"]["erasure_id"],
        **times,
        begun_at=times["erased_at"],
        counts=CAST["receipt"]["counts"],
    )


def add_change(comment: DoctorComment) -> None:
    """What is left of a comment that its doctor has taken back."""
    shown = CAST["change"]
    gone = DoctorCommentFactory(
        id=shown["object_id"],
        health_record=comment.health_record,
        doctor=comment.doctor,
        comment=shown["changes"][0]["before"],
    )
    with pghistory.context(user=shown["by"]["id"]):
        gone.delete()
    with pgtrigger.ignore("health_records.CommentVersion:rows_are_only_added"):
        CommentVersion.objects.filter(id=shown["object_id"]).update(
            pgh_id=shown["id"], pgh_created_at=at(shown["at"])
        )


def add_export(user: User) -> None:
    shown = CAST["export"]
    times = {name: at(shown[name]) for name in ("created_at", "ready_at", "expires_at")}
    same = {name: shown[name] for name in ("id", "status", "size", "sha256")}
    ExportFactory(user=user, ready=True, **same, **times)


def add_notification(recipient: User) -> None:
    shown = CAST["notification"]
    is_alices = str(recipient.pk) == CAST["alice"]["id"]
    row = NotificationFactory(
        **({"id": shown["id"]} if is_alices else {}),
        recipient=recipient,
        notification_type=shown["notification_type"],
        title=shown["title"],
        message=shown["message"],
    )
    stamp(row, shown | {"updated_at": shown["created_at"]})


def at(text: str) -> datetime:
    moment = parse_datetime(text)
    assert moment is not None
    return moment


def stamp(row: BaseModel, example: dict[str, Any]) -> None:
    """Give a row the times of its example, which saving would overwrite."""
    times = {name: at(example[name]) for name in ("created_at", "updated_at")}
    type(row)._default_manager.filter(pk=row.pk).update(**times)
