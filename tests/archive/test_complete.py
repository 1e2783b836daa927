"""No table about people that is neither in an export nor kept out for a reason."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from phr.archive.formats import newest
from phr.archive.formats.base import ArchiveModel
from phr.health_records.models import CommentVersion, DoctorComment, RecordVersion
from tests.access.test_models import leads_to_a_person
from tests.archive.conftest import part_of
from tests.factories import DoctorCommentFactory, HealthRecordFactory

EXPORTED = {
    "accounts.User": "account.json, and people in care.json",
    "accounts.LoginSession": "account.json",
    "account.EmailAddress": "account.json",
    "mfa.Authenticator": "account.json, without what is secret",
    "usersessions.UserSession": "account.json",
    "care.PatientProfile": "account.json",
    "care.DoctorProfile": "care.json, as the patient sees them",
    "care.CareGrant": "care.json",
    "care.EmergencyAccess": "care.json, without the reviewer's note",
    "health_records.HealthRecord": "records",
    "health_records.RecordVersion": "records",
    "health_records.DoctorComment": "records, those that are not private",
    "health_records.CommentVersion": "records, those that were not private",
    "notifications.Notification": "notifications",
    "notifications.NotificationPreference": "account.json",
    "audit.AccessEntry": "access-log, as the patient reads it",
}
NOT_EXPORTED = {
    "audit.CountedRefusal": "what the ledger tells an hour later",
    "accounts.Mail": "an outbox: the notifications and the ledger say the same",
    "account.EmailConfirmation": "allauth's, unused: links are signed, not stored",
    "admin.LogEntry": "the admin site's journal of what staff did",
    "archive.Export": "exports themselves; the ledger tells of each",
    "archive.ExportPiece": "the bytes of exports",
    "care.DoctorVerification": "about doctors alone",
    "health_records.AccountUsage": "sums of what is in it",
    "pghistory.MiddlewareEvents": "a view of the library's, which nothing here uses",
}
# Columns that the newest format has in another form, or not at all, and why.
NOT_IN_IT = {
    "accounts.User": {
        "password": "a secret",
        "is_superuser": "of staff alone",
        "address_set_by_staff_at": "of this server: elsewhere it is confirmed anew",
        "is_staff": "of staff alone",
        "search_text": "made of the others",
    },
    "accounts.LoginSession": {
        "user": "the owner",
        "refresh_id": "a secret",
        "spent_refreshes": "of seconds ago",
        "updated_at": "last_used_at says it",
    },
    "account.EmailAddress": {"user": "the owner", "id": "of this server"},
    "mfa.Authenticator": {
        "user": "the owner",
        "id": "of this server",
        "data": "a secret",
    },
    "usersessions.UserSession": {
        "user": "the owner",
        "id": "of this server",
        "session_key": "a secret",
        "data": "the library's, empty here",
    },
    "care.PatientProfile": {"user": "the owner"},
    "care.DoctorProfile": {
        "license_number": "patients do not see it",
        "verified_at": "is_verified says it",
        "verified_by": "of staff alone",
        "verified_until": "is_verified says it",
        "search_text": "made of the others",
        "created_at": "about the doctor alone",
        "updated_at": "about the doctor alone",
    },
    "care.EmergencyAccess": {"grant": "it is inside", "review_note": "for staff"},
    "health_records.HealthRecord": {
        "search_words": "made of the others",
        "visit_offset": "it is in visit_date",
    },
    "health_records.RecordVersion": {
        "patient": "the owner",
        "visit_offset": "it is in visit_date",
        "pgh_id": "its id",
        "pgh_created_at": "changed_at",
        "pgh_label": "change",
        "pgh_context": "changed_by",
    },
    "health_records.CommentVersion": {
        "health_record": "it is inside",
        "doctor": "it is inside",
        "pgh_id": "its id",
        "pgh_created_at": "changed_at",
        "pgh_label": "change",
        "pgh_context": "changed_by",
    },
    "health_records.DoctorComment": {"health_record": "it is inside"},
    "notifications.Notification": {
        "recipient": "the owner",
        "event": "the cause",
        "about_patient": "the owner, in whose own inbox it is",
    },
    "notifications.NotificationPreference": {
        "user": "the owner",
        "id": "of this server",
        "created_at": "of this server",
        "updated_at": "of this server",
    },
    "audit.AccessEntry": {
        "position": "of this server's ledger",
        "actor_id": "it is in actor",
        "actor_name": "it is in actor",
        "actor_role": "it is in actor",
        "patient_id": "patient",
        "grant_id": "grant",
        "face": "it is in origin",
        "address": "it is in origin",
        "user_agent": "it is in origin",
    },
}
IN_THE_FORMAT: dict[str, type[ArchiveModel]] = {
    "accounts.User": newest.User,
    "accounts.LoginSession": newest.LoginSession,
    "account.EmailAddress": newest.EmailAddress,
    "mfa.Authenticator": newest.SecondFactor,
    "usersessions.UserSession": newest.BrowserSession,
    "care.PatientProfile": newest.Patient,
    "care.DoctorProfile": newest.Doctor,
    "care.CareGrant": newest.Grant,
    "care.EmergencyAccess": newest.Emergency,
    "health_records.HealthRecord": newest.Record,
    "health_records.RecordVersion": newest.RecordVersion,
    "health_records.DoctorComment": newest.Comment,
    "health_records.CommentVersion": newest.CommentVersion,
    "notifications.Notification": newest.Notification,
    "notifications.NotificationPreference": newest.NotificationPreference,
    "audit.AccessEntry": newest.Entry,
}
NEW_VERSION = "needs a new version: docs/development/archive-format.md"


def columns_of(label: str) -> dict[str, Any]:
    return {f.name: f for f in apps.get_model(label)._meta.concrete_fields}


def kept_columns() -> Iterator[tuple[str, Any, Any]]:
    """Each column that the format has, with what the format says of it."""
    for label, model in IN_THE_FORMAT.items():
        columns, schema = columns_of(label), model.model_json_schema()
        for name in columns.keys() & schema["properties"].keys():
            said = schema["properties"][name]
            yield f"{label}.{name}", columns[name], said.get("anyOf", [said])[0]


def test_every_table_about_people_is_exported_or_has_a_reason():
    personal = {m._meta.label for m in apps.get_models() if leads_to_a_person(m)}

    assert personal == EXPORTED.keys() | NOT_EXPORTED.keys()
    assert not EXPORTED.keys() & NOT_EXPORTED.keys()


def test_every_column_of_what_is_exported_is_in_the_newest_format_or_has_a_reason():
    assert IN_THE_FORMAT.keys() == EXPORTED.keys()
    for label, model in IN_THE_FORMAT.items():
        missing = columns_of(label).keys() - model.model_fields.keys()
        assert missing == NOT_IN_IT.get(label, {}).keys(), f"{label} {NEW_VERSION}"


def test_the_newest_format_has_every_choice_of_what_is_exported():
    for name, column, said in kept_columns():
        inner = getattr(column, "base_field", column)
        choices = {value for value, _ in inner.flatchoices}
        if choices and inner.blank:
            choices.add("")
        taken = choices_of(said.get("items", said)) or choices
        if name == "accounts.User.user_type":  # an account is a patient's
            taken |= choices_of(
                newest.Person.model_json_schema()["properties"]["user_type"]
            )
        assert choices <= taken, f"{name} {NEW_VERSION}"


def choices_of(schema: Any) -> set[Any]:
    return {*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])}


def test_the_newest_format_has_room_for_the_longest_texts_of_what_is_exported():
    measured = [
        (name, column.max_length, said["maxLength"])
        for name, column, said in kept_columns()
        if "maxLength" in said and column.max_length
    ]

    assert len(measured) > 20
    for name, longest, room in measured:
        assert longest <= room, f"{name} {NEW_VERSION}"


def test_deleted_records_are_in_it_as_long_as_they_can_be_restored(
    api, fetch, alice, alices_record
):
    api("alice").delete(f"/api/health-records/{alices_record.pk}/")
    purgeable = HealthRecordFactory(
        patient=alice, deleted_at="2026-01-01T00:00:00Z", title="Gone"
    )

    (record,) = part_of(fetch("alice"), "records-0001")["records"]

    assert record["id"] == str(alices_record.pk) != str(purgeable.pk)
    assert record["deleted_at"] is not None
    (version,) = record["versions"]
    assert version["deleted_at"] is None
    assert version["changed_by"] == str(alice.user_id)


def test_what_is_private_or_was_is_not_in_it(fetch, dr_bob, alices_record):
    said = {"health_record": alices_record, "doctor": dr_bob}
    DoctorCommentFactory(**said, comment="Secret one", is_private=True)
    changed = DoctorCommentFactory(**said, comment="Secret two", is_private=True)
    DoctorComment.objects.filter(pk=changed.pk).update(
        comment="Shown", is_private=False, version=2
    )
    hidden = DoctorCommentFactory(**said, comment="Shown once")
    DoctorComment.objects.filter(pk=hidden.pk).update(
        comment="Secret three", is_private=True, version=2
    )
    taken_back = DoctorCommentFactory(**said, comment="Shown and gone")
    taken_back.delete()

    archive = fetch("alice")

    for name in archive.namelist():
        assert b"Secret" not in archive.read(name)
    (record,) = part_of(archive, "records-0001")["records"]
    assert [comment["comment"] for comment in record["comments"]] == ["Shown"]
    former = {
        version["comment"]
        for comment in record["former_comments"]
        for version in comment["versions"]
    }
    assert former == {"Shown once", "Shown and gone"}


def test_nothing_of_other_patients_is_in_it(api, fetch, carol, alice, alices_record):
    mine = HealthRecordFactory(patient=carol, title="Carol's own")
    DoctorCommentFactory(health_record=mine).delete()
    mine.title = "Changed"
    mine.save()

    archive = fetch("alice")

    assert RecordVersion.objects.exists()
    assert CommentVersion.objects.exists()
    for name in archive.namelist():
        assert b"Carol" not in archive.read(name)
        assert str(carol.pk).encode() not in archive.read(name)


def test_no_secret_is_in_it(fetch, alice):
    archive = fetch("alice")

    text = archive.read("account.json").decode()
    assert alice.user.password not in text
    assert str(alice.user.login_sessions.get().refresh_id) not in text
