"""Who may see which patients: the one rule of access, and the scopes made from it."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, Exists, Func, Lookup, Q, Subquery
from django.db.models.functions import Now

from phr.accounts.models import User, UserType
from phr.accounts.rights import Right, has_right
from phr.care.choices import OPEN, GrantOrigin, GrantStatus
from phr.core.name_search import line_of, mentions, name_line

if TYPE_CHECKING:  # named in strings only, which ruff does not see
    from phr.care.models import (
        CareGrant,
        DoctorProfile,
        DoctorVerification,
        EmergencyAccess,
        PatientProfile,
    )


LONGEST_KEY = 100


class SpecializationKey(Func):
    """The beginning of the last line of a doctor's folded text, as its index has it."""

    template = f"left(split_part(%(expressions)s, chr(10), -1), {LONGEST_KEY})"
    arity = 1
    output_field = CharField()


def searched_as(first_name: str, last_name: str, specialization: str) -> str:
    """The text of a doctor that the directory looks through."""
    return f"{name_line(f'{first_name} {last_name}')}\n{line_of(specialization)}"


@ArrayField.register_lookup
class Names(Lookup):
    """`array_position(array, value) IS NOT NULL`: that an array holds a value.

    As `contains` of one, of which PostgreSQL thinks that next to no row passes: it
    would sort a patient's records, not knowing that the first ones in order will do.
    """

    lookup_name = "names"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        sql = f"array_position({left}, {right}) IS NOT NULL"
        return sql, (*left_parameters, *right_parameters)


def scope_covers_type(record_type: object) -> Q:
    """That a grant's scope takes in a type of record; none named means all."""
    return Q(record_types=[]) | Q(record_types__names=record_type)


def scope_covers_visit(visit_day: object) -> Q:
    """That a grant's scope takes in the day of a visit, where the visit was."""
    return Q(records_since=None) | Q(records_since__lte=visit_day)


def profile_of(user: User) -> Subquery:
    """The id of a patient's or doctor's own profile, looked up before other rows are.

    Not by a join: PostgreSQL would not see that all rows then are of one person, and
    sort them instead of reading them in the order of their index.
    """
    from phr.care.models import DoctorProfile, PatientProfile  # they import this module

    profile = DoctorProfile if user.user_type == UserType.DOCTOR else PatientProfile
    return Subquery(profile.objects.filter(user=user).values("pk")[:1])


class CareGrantQuerySet(models.QuerySet["CareGrant"]):
    def open_now(self) -> Self:
        """Keep the grants that open anything now, by the clock of the database."""
        return self.in_force().filter(vouched_for(verified_now("doctor__")))

    def in_force(self) -> Self:
        """Keep the grants that have begun, and neither ended nor run out."""
        now = Now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            status=GrantStatus.ACTIVE,
            starts_at__lte=now,
        )

    def in_state(self, state: GrantStatus) -> Self:
        """Keep the grants that are in a state now; see `CareGrant.state`."""
        run_out = Q(expires_at__lte=Now())
        match state:
            case GrantStatus.EXPIRED:
                return self.filter(run_out, status__in=[state, *OPEN])
            case _ if state in OPEN:
                still_open = Q(expires_at=None) | Q(expires_at__gt=Now())
                return self.filter(still_open, status=state)
            case _:
                return self.filter(status=state)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Both sides of a grant may know of it, whatever has become of it.

        By the id of the profile, not by a join: only so PostgreSQL knows how many
        grants somebody has, and reads those of a page in the order of an index.
        """
        match user:
            case User(user_type=UserType.PATIENT, patient_profile=profile):
                return self.filter(patient_id=profile.pk)
            case User(user_type=UserType.DOCTOR, doctor_profile=profile):
                return self.filter(doctor_id=profile.pk)
            case _:
                return self.none()

    def open_to(self, user: User) -> Self:
        """Keep the grants by which `user` may read now: all of a doctor's access.

        These are `open_now`; but whether the doctor is verified is asked once, and not
        of each of thousands of grants.
        """
        from phr.care.models import DoctorProfile  # it imports this module

        verified = Exists(DoctorProfile.objects.filter(verified_now(), user=user))
        return self.in_force().filter(vouched_for(Q(verified)), doctor=profile_of(user))

    def readable_by(self, user: User) -> Self:
        """Keep the grants whose terms the user may read: their own side's, or any for
        staff who have the right."""
        return self if has_right(user, Right.SEE_GRANTS) else self.visible_to(user)

    def endable_by(self, user: User) -> Self:
        """Keep the grants that the user may end: their own side's, or any for staff
        who have the right."""
        return self if has_right(user, Right.END_GRANTS) else self.visible_to(user)

    def covering(self, record_type: object, visit_day: object) -> Self:
        """Keep the grants whose scope takes in a record.

        :param record_type: the record's type, or an OuterRef to it.
        :param visit_day: the day of its visit, or an expression for it.
        """
        return self.filter(
            scope_covers_type(record_type), scope_covers_visit(visit_day)
        )

    def primary(self) -> Self:
        """Keep the open grants of patients' primary doctors."""
        return self.open_now().filter(is_primary=True)


class PatientProfileQuerySet(models.QuerySet["PatientProfile"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Patients see themselves; doctors see theirs by grants (`open_to`)."""
        match user:
            case User(user_type=UserType.PATIENT):
                return self.filter(user=user)
            case _:
                return self.none()


class DoctorProfileQuerySet(models.QuerySet["DoctorProfile"]):
    def listed(self) -> Self:
        """Keep the doctors of the directory: the ones who can still sign in."""
        return self.filter(user__is_active=True)

    def mentioning(self, words: str) -> Self:
        """Keep the doctors who have all of these words in name or specialization."""
        return self.filter(mentions(words, "search_text"))

    def specialized_in(self, words: str) -> Self:
        """Keep the doctors of this specialization, in any case.

        It is the last of the folded lines; what the database's own "in any case" does
        with letters outside ASCII depends on its locale.
        """
        folded = line_of(words)
        by_index = self.alias(key=SpecializationKey("search_text"))
        known = by_index.filter(key=folded[:LONGEST_KEY])
        return known.filter(search_text__endswith=f"\n{folded}")


def verified_now(path: str = "") -> Q:
    """That staff's verification of a doctor counts now, by the database's clock.

    :param path: the way to the doctor's profile, such as "doctor__".
    """
    until = f"{path}verified_until"
    return Q(
        Q(**{until: None}) | Q(**{f"{until}__gt": Now()}),
        **{f"{path}verified_at__isnull": False},
    )


def vouched_for(verified: Q) -> Q:
    """That a grant lets its doctor in, as far as it depends on who the doctor is.

    Where patients must consent, what lets a doctor in counts only as long as the doctor
    is verified; elsewhere only what lets in without the patient needs it.

    :param verified: that the grant's doctor is verified now.
    """
    if settings.CARE_CONSENT_REQUIRED:
        return verified
    return verified | ~Q(origin=GrantOrigin.EMERGENCY)


class DoctorVerificationQuerySet(models.QuerySet["DoctorVerification"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Doctors see their own submissions."""
        match user:
            case User(user_type=UserType.DOCTOR):
                return self.filter(doctor__user=user)
            case _:
                return self.none()

    def shown_to_staff(self, user: User) -> Self:
        """Staff who have the right read all of them."""
        return self if has_right(user, Right.SEE_LICENSES) else self.none()


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Both sides of its grant may know of it."""
        match user:
            case User(user_type=UserType.PATIENT):
                return self.filter(grant__patient__user=user)
            case User(user_type=UserType.DOCTOR):
                return self.filter(grant__doctor__user=user)
            case _:
                return self.none()
