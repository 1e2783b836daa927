"""Who may read, change and comment on which records."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, Expression, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from phr.accounts.models import User, UserType
from phr.care.models import CareGrant
from phr.care.querysets import profile_of
from phr.health_records.search import WordsOfPatient
from phr.health_records.visit_times import VisitDay

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.health_records.models import (
        CommentVersion,
        DoctorComment,
        HealthRecord,
        RecordVersion,
    )

KEPT_AFTER_DELETING = timedelta(days=30)
VISIT_DAY_OUTSIDE = VisitDay(OuterRef("visit_date"), OuterRef("visit_offset"))


def grants_covering_the_record(user: User) -> QuerySet[CareGrant]:
    """The doctor's open grants whose scope takes in the record of the outer query."""
    return (
        CareGrant.objects.open_to(user)
        .filter(patient=OuterRef("patient"))
        .covering(OuterRef("record_type"), VISIT_DAY_OUTSIDE)
        .order_by("pk")  # the same one, whichever of its columns is asked for
    )


class HealthRecordQuerySet(models.QuerySet["HealthRecord"]):
    def live(self) -> Self:
        return self.filter(deleted_at=None)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Patients read their own; doctors what an open grant's scope covers.

        For a doctor this is quick for records that are known; a page of what a doctor
        may see is read by the statement in `record_pages`.
        """
        match user:
            case User(user_type=UserType.PATIENT):
                return self.live().filter(patient=profile_of(user))
            case User(user_type=UserType.DOCTOR):
                return self.live().filter(Exists(grants_covering_the_record(user)))
            case _:
                return self.none()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Only the patient may change their own records."""
        match user:
            case User(user_type=UserType.PATIENT):
                return self.visible_to(user)
            case _:
                return self.none()

    def commentable_by(self, user: User | AnonymousUser) -> Self:
        """Doctors may comment on whatever they can see."""
        match user:
            case User(user_type=UserType.DOCTOR):
                return self.visible_to(user)
            case _:
                return self.none()

    def restorable_by(self, user: User | AnonymousUser) -> Self:
        """Patients may bring back what they have deleted, for a while."""
        match user:
            case User(user_type=UserType.PATIENT):
                kept = self.filter(deleted_at__gt=Now() - KEPT_AFTER_DELETING)
                return kept.filter(patient=profile_of(user))
            case _:
                return self.none()

    def to_be_purged(self) -> Self:
        """Keep what nobody can bring back any more."""
        return self.filter(deleted_at__lte=Now() - KEPT_AFTER_DELETING)

    def with_author(self) -> Self:
        """Load who wrote the records, and not the words, which nobody reads."""
        return self.select_related("created_by").defer("search_words")

    def with_grant_of(self, user: User) -> Self:
        """Add `grant_id` and `grant_origin`: what opens the record to a doctor."""
        if user.user_type != UserType.DOCTOR:
            return self.annotate(
                grant_id=models.Value(None, models.UUIDField()),
                grant_origin=models.Value(None, models.CharField()),
            )
        grants = grants_covering_the_record(user)
        return self.annotate(
            grant_id=models.Subquery(grants.values("pk")[:1]),
            grant_origin=models.Subquery(grants.values("origin")[:1]),
        )

    def mentioning(
        self, query: str, patient: "UUID | Expression | F | Subquery"
    ) -> Self:
        """Keep the records in whose title or texts there are all of some words.

        :param query: from `search.query_for`.
        :param patient: whose records these are.
        """
        return self.filter(search_words__matches=WordsOfPatient(query, patient))

    def commented_on_by(self, doctor_id: UUID) -> Self:
        """Keep the records on which a doctor has commented for the patient to read."""
        from phr.health_records.models import DoctorComment  # it imports this module

        comments = DoctorComment.objects.filter(doctor=doctor_id, is_private=False)
        return self.filter(Exists(comments.filter(health_record=OuterRef("pk"))))


class DoctorCommentQuerySet(models.QuerySet["DoctorComment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Patients read what is not private, doctors all, on records they can see."""
        from phr.health_records.models import HealthRecord  # it imports this module

        records = HealthRecord.objects.visible_to(user)
        visible = self.filter(health_record__in=records)
        match user:
            case User(user_type=UserType.PATIENT):
                return visible.filter(is_private=False)
            case User(user_type=UserType.DOCTOR):
                return visible
            case _:
                return self.none()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Doctors may change what they wrote, as long as they can see the record."""
        match user:
            case User(user_type=UserType.DOCTOR):
                return self.visible_to(user).filter(doctor__user=user)
            case _:
                return self.none()

    def with_doctor(self) -> Self:
        """Load who wrote the comments."""
        return self.select_related("doctor__user")

    def shown_to(self, user: User) -> Self:
        """Of comments on records that are known to be visible: the ones to show."""
        if user.user_type == UserType.DOCTOR:
            return self
        return self.filter(is_private=False)


class RecordVersionQuerySet(models.QuerySet["RecordVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Versions of records that one can see; doctors those that a grant covers.

        A grant must cover the version itself: what was a diagnosis is not shown by a
        grant for check-ups, whatever the record is now.
        """
        from phr.health_records.models import HealthRecord  # it imports this module

        records = HealthRecord.objects.visible_to(user).filter(pk=OuterRef("id"))
        match user:
            case User(user_type=UserType.PATIENT):
                return self.filter(Exists(records))
            case User(user_type=UserType.DOCTOR):
                covering = Exists(grants_covering_the_record(user))
                return self.filter(Exists(records), covering)
            case _:
                return self.none()


class CommentVersionQuerySet(models.QuerySet["CommentVersion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """As comments are visible; what was private then stays the doctors'."""
        from phr.health_records.models import HealthRecord  # it imports this module

        records = HealthRecord.objects.visible_to(user)
        versions = self.filter(Exists(records.filter(pk=OuterRef("health_record"))))
        match user:
            case User(user_type=UserType.PATIENT):
                return versions.filter(is_private=False)
            case User(user_type=UserType.DOCTOR):
                return versions
            case _:
                return self.none()
