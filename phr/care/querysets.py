"""Who may see which patients: the one rule of access, and the scopes made from it."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from phr.accounts.models import User, UserType
from phr.care.choices import GrantStatus

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.care.models import (  # noqa: F401
        CareGrant,
        DoctorProfile,
        PatientProfile,
    )


class CareGrantQuerySet(models.QuerySet["CareGrant"]):
    def open_now(self) -> Self:
        """Keep the grants that open anything now, by the clock of the database."""
        now = Now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            status=GrantStatus.ACTIVE,
            starts_at__lte=now,
        )

    def open_to(self, user: User) -> Self:
        """Keep the grants by which `user` may read now: all of a doctor's access."""
        return self.open_now().filter(doctor__user=user)

    def endable_by(self, user: User) -> Self:
        """Keep the grants that the user may end: their own side's, or any for staff."""
        match user.user_type:
            case UserType.PATIENT:
                return self.filter(patient__user=user)
            case UserType.DOCTOR:
                return self.filter(doctor__user=user)
            case UserType.ADMIN:
                return self
            case _:
                return self.none()

    def covering(self, record_type: object, visit_date: object) -> Self:
        """Keep the grants whose scope takes in a record.

        :param record_type: the record's type, or an OuterRef to it.
        :param visit_date: the time of its visit, or an OuterRef to it.
        """
        return self.filter(
            Q(record_types=[]) | Q(record_types__contains=[record_type]),
            Q(records_since=None) | Q(records_since__lte=visit_date),
        )

    def primary(self) -> Self:
        """Keep the open grants of the doctors whom patients have as theirs."""
        return self.open_now().filter(is_primary=True)


class PatientProfileQuerySet(models.QuerySet["PatientProfile"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Patients see themselves; doctors the patients who have let them in."""
        match user:
            case User(user_type=UserType.PATIENT):
                return self.filter(user=user)
            case User(user_type=UserType.DOCTOR):
                from phr.care.models import CareGrant  # it imports this module

                grants = CareGrant.objects.open_to(user)
                return self.filter(Exists(grants.filter(patient=OuterRef("pk"))))
            case _:
                return self.none()


class DoctorProfileQuerySet(models.QuerySet["DoctorProfile"]):
    def listed(self) -> Self:
        """Keep the doctors of the directory: the ones who can still sign in."""
        return self.filter(user__is_active=True)
