"""Making an account of an archive: all of it, or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import DataError, IntegrityError, connection, transaction

from phr.accounts.models import User
from phr.archive import model_builders
from phr.archive.events import NotificationImported
from phr.archive.formats import newest
from phr.archive.imported_people import People, check_is_new
from phr.archive.model_builders import saved
from phr.archive.reader import ArchiveReader, ArchiveRefused
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.models import PatientProfile
from phr.core.mail_addresses import comparable
from phr.core.models import OutboxEvent
from phr.health_records import account_limits
from phr.health_records.models import HealthRecord
from phr.health_records.services import VisitDateOutOfRange, check_visit_date
from phr.notifications.models import NotificationPreference

Tell = Callable[[str], None]

# What values raise that fit the schema and make no sense all the same.
NO_SUCH_VALUE = (IntegrityError, DataError, ValueError, OverflowError)


def import_archive(
    archive: ArchiveReader,
    *,
    at: datetime,
    dry_run: bool = False,
    tell: Tell = lambda text: None,
) -> Counter[str]:
    """Make the archive's account, with everything in it, and enter that.

    :param dry_run: do all of it, so that all is checked, and take it back.
    :param tell: is called with each step.
    :returns: how many of what there are now.
    :raises ArchiveRefused: something is not right; nothing was written.
    """
    with what_the_database_says(), transaction.atomic():
        importer = Importer(archive, at, tell)
        importer.make_all()
        connection.check_constraints()  # now, and not only at the commit
        transaction.set_rollback(dry_run)
    return importer.counts


@contextmanager
def what_the_database_says() -> Iterator[None]:
    """Make a refusal of the database one of the archive; it names the rule alone."""
    try:
        yield
    except NO_SUCH_VALUE as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        rule = getattr(diagnosis, "constraint_name", None) or type(error).__name__
        raise ArchiveRefused(f"The database refuses it: {rule}.") from None


class Importer:
    """An account that is being imported from an archive."""

    user: User
    patient: PatientProfile

    def __init__(self, archive: ArchiveReader, at: datetime, tell: Tell) -> None:
        self.archive, self.at, self.tell = archive, at, tell
        self.counts: Counter[str] = Counter()
        self.account: newest.Account = archive.part("account")
        self.care: newest.Care = archive.part("care")
        self.people = People(self.account, self.care)

    def make_all(self) -> None:
        check_is_new(self.account)
        self.tell("account")
        self.counts["people"] = self.people.make()
        self.make_account()
        for grant in self.care.grants:
            self.make_grant(grant)
        self.each("records", self.make_record)
        account_limits.recount(map(UUID, self.people.known))
        self.each("notifications", self.make_notification)
        self.each("access-log", self.look_at_entry)
        owned = Access(self.patient.pk, "account", [self.user.pk], basis=Basis.NONE)
        audit.note(None, Action.ACCOUNT_IMPORTED, owned)

    def each(self, kind: str, make: Callable[[Any], None]) -> None:
        self.tell(kind)
        for shape in self.archive.items(kind):
            make(shape)
            self.counts[kind] += 1

    def make_account(self) -> None:
        """Without login sessions and second factors, which belong to the old place."""
        self.user = model_builders.user_of(self.account.user)
        self.user.note_search_text()
        saved(self.user)
        self.patient = model_builders.patient_of(self.account.patient, self.user)
        saved(self.patient)
        for address in self.account.email_addresses:
            one_spelling = dict(address) | {"email": comparable(address.email)}
            EmailAddress.objects.create(user=self.user, **one_spelling)
        preferences = [
            NotificationPreference(user=self.user, **dict(preference))
            for preference in self.account.notification_preferences
        ]
        NotificationPreference.objects.bulk_create(preferences)
        self.counts["preferences"] = len(preferences)

    def make_grant(self, shape: newest.Grant) -> None:
        self.people.must_be_owner("A grant", shape.patient)
        self.people.must_be_doctor("A grant", shape.doctor)
        deciding = (shape.requested_by, shape.decided_by, shape.ended_by)
        self.people.must_know("A grant", *deciding)
        grant = model_builders.grant_of(shape)
        saved(grant)
        self.counts["grants"] += 1
        if emergency := shape.emergency:
            self.people.must_know("An emergency access", emergency.reviewed_by)
            saved(model_builders.emergency_of(emergency, grant))

    def make_record(self, shape: newest.Record) -> None:
        self.people.must_be_owner("A record", shape.patient)
        self.people.must_know("A record", shape.created_by)
        record = model_builders.record_of(shape)
        saved(record)
        self.check_visit(record)
        for version in shape.versions:
            self.people.must_know("A version", version.changed_by)
            saved(model_builders.record_version_of(version, record))
        for comment in shape.comments:
            saved(model_builders.comment_of(comment, record))
            self.counts["comments"] += 1
        for said in (*shape.comments, *shape.former_comments):
            self.make_comment_versions(said, record)

    def check_visit(self, record: HealthRecord) -> None:
        """:raises ArchiveRefused: the visit is neither past nor of these days."""
        try:
            check_visit_date(record.visit_date, self.at)
        except VisitDateOutOfRange as error:
            raise ArchiveRefused(error.detail) from error

    def make_comment_versions(
        self, comment: newest.FormerComment, record: HealthRecord
    ) -> None:
        self.people.must_be_doctor("A comment", comment.doctor)
        for version in comment.versions:
            self.people.must_know("A version", version.changed_by)
            saved(model_builders.comment_version_of(version, record, comment))

    def make_notification(self, shape: newest.Notification) -> None:
        """Each has its own event, marked as delivered, so nobody is notified again."""
        notification = model_builders.notification_of(shape, self.user)
        notification.event = OutboxEvent.objects.create(
            kind=NotificationImported.kind, payload={}, delivered_at=self.at
        )
        saved(notification)

    def look_at_entry(self, shape: newest.Entry) -> None:
        """The old ledger is read and not written: its lines did not happen here."""
        self.people.must_be_owner("The access log", shape.patient)
