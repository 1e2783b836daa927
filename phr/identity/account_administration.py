"""What staff do to others' accounts: each thing by its right, entered, and told.

None of it gives control of an account: no password, factor or session comes of it, and
an address that staff enter counts for nothing before its owner has taken it on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts import addresses
from phr.accounts.events import (
    ChangedByStaff,
    FactorsRemovedByStaff,
    PasswordLinkByStaff,
)
from phr.accounts.models import LoginSession, User, UserType
from phr.accounts.names import NAMES
from phr.accounts.rights import NotPermitted, Right, insist_on_right
from phr.accounts.sessions import end_all_sessions, end_session
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.account_ledger import patient_id_of
from phr.care.models import DoctorProfile
from phr.care.registration import (
    keep_a_name,
    lock_profile,
    set_fields,
    take_on_identity,
)
from phr.care.verification import correct_doctor
from phr.core import events
from phr.core.errors import Conflict
from phr.core.rate_limits import Limit
from phr.identity.second_factors import remove_rest

# Beside what anybody can ask for: strangers must not use up what staff send.
LINKS_BY_STAFF = Limit("reset:by-staff", 2, timedelta(hours=1))
# What needs more than the right to change accounts, and what the ledger calls it.
RIGHT_FOR = {
    "email": Right.CHANGE_ADDRESSES,
    "date_of_birth": Right.CHANGE_BIRTH_DATES,
}
ACTION_FOR = {
    "email": Action.ADDRESS_CHANGED_BY_STAFF,
    "date_of_birth": Action.BIRTH_DATE_CHANGED_BY_STAFF,
}


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"
    advice = _("Check the account again before you change it.")
    title = _("The account has changed in the meantime")


class NothingConfirmed(Conflict):
    code = "no_confirmed_address"
    advice = _("Ask the owner to confirm an address first.")
    title = _("This account has no confirmed e-mail address")


@transaction.atomic
def change_person(
    *,
    actor: User,
    user_id: UUID,
    values: Mapping[str, Any],
    seen_at: datetime | None,
    at: datetime,
) -> User:
    """Change what staff have given other values; nothing else of the row is touched.

    :param values: of the account's own fields, those that are to change.
    :param seen_at: when the account was last changed, as the actor saw it.
    :raises NotPermitted: a right is missing for one of them.
    :raises ChangedMeanwhile: somebody else has changed the account since then.
    :raises NameMissing: neither of the two names would be left.
    """
    user = User.objects.lock(user_id)
    for right in rights_for(actor, user, values):
        insist_on_right(actor, right)
    if seen_at is not None and user.updated_at != seen_at:
        raise ChangedMeanwhile
    old = user.email
    if set(values) & set(NAMES) and user.user_type == UserType.DOCTOR:
        correct_names(actor, user, values, at)
    set_fields(user, values)
    keep_a_name(user, values)
    user.save(update_fields=[*values, "updated_at"])
    addresses.change_address_by_staff(user, old=old, at=at)
    if not user.is_active:
        end_all_sessions(user=user, at=at)
    for action in actions_for(values):
        note_staff_action(actor, action, user)
    if values.keys() - {"email"}:
        events.emit(ChangedByStaff(user_id=user.pk))
    return user


def actions_for(names: Iterable[str]) -> list[Action]:
    """What the ledger calls it that these fields are changed."""
    return sorted(
        {ACTION_FOR.get(name, Action.ACCOUNT_CHANGED_BY_STAFF) for name in names}
    )


def rights_for(actor: User, user: User, values: Mapping[str, Any]) -> set[Right]:
    """What somebody needs to change these values of an account.

    :raises NotPermitted: superusers alone touch other staff, and who is a superuser.
    """
    if "is_superuser" in values or user.is_staff:
        insist_on_superuser(actor)
    needed = {RIGHT_FOR[name] for name in values if name in RIGHT_FOR}
    verified = DoctorProfile.objects.filter(user=user, verified_at__isnull=False)
    if values.keys() & set(NAMES) and verified.exists():
        needed.add(Right.VERIFY_DOCTORS)
    return needed | {Right.CHANGE_PEOPLE}


def insist_on_superuser(actor: User) -> None:
    """:raises NotPermitted: they are none."""
    if not (actor.is_superuser and actor.is_active):
        raise NotPermitted


def correct_names(
    actor: User, user: User, values: Mapping[str, Any], at: datetime
) -> None:
    """Have a doctor known by another name: in the directory, and where verified."""
    names = {name: values[name] for name in NAMES if name in values}
    doctor = lock_profile(user)
    if doctor.verified_at is None:
        take_on_identity(doctor, names)
        return
    correct_doctor(actor=actor, doctor_id=doctor.pk, values=names, at=at)


def note_denied(actor: User, user: User, actions: Iterable[Action]) -> None:
    """Enter that somebody has tried what they may not do to an account."""
    for action in actions:
        audit.note_denied(
            actor,
            action,
            object_kind="account",
            object_id=user.pk,
            patient_id=patient_id_of(user),
        )


@transaction.atomic
def send_password_link(*, actor: User, user: User) -> None:
    """Have the owner sent a link for a new password, to the address they confirmed.

    :raises NotPermitted: the actor may not change this account.
    :raises NothingConfirmed: there is no such address.
    :raises TooMany: staff have sent this account enough of them for an hour.
    """
    for right in rights_for(actor, user, {}):
        insist_on_right(actor, right)
    confirmed = addresses.addresses_for_reset().filter(user=user).first()
    if confirmed is None:
        raise NothingConfirmed
    LINKS_BY_STAFF.take(str(user.pk))
    events.emit(PasswordLinkByStaff(user_id=user.pk))
    note_staff_action(actor, Action.PASSWORD_LINK_SENT_BY_STAFF, user)


def end_sessions_by_staff(
    *, actor: User, sessions: Iterable[LoginSession], at: datetime
) -> int:
    """End others' login sessions, and tell them; all of these or none.

    :raises NotPermitted: the actor has not got the right, or is no superuser and some
        of these are other staff's.
    :returns: how many.
    """
    chosen = list(sessions)
    owners = {session.user_id: session.user for session in chosen}
    others = [user for pk, user in owners.items() if user.is_staff and pk != actor.pk]
    try:
        insist_on_right(actor, Right.END_SIGN_INS)
        if others:
            insist_on_superuser(actor)
    except NotPermitted:
        for user in others:  # outside a transaction: these lines must be kept
            note_denied(actor, user, [Action.SESSION_ENDED_BY_STAFF])
        raise
    with transaction.atomic():
        for session in chosen:
            end_session(session_id=session.pk, at=at)
            note_staff_action(actor, Action.SESSION_ENDED_BY_STAFF, session.user)
        for user_id in sorted(owners):
            events.emit(ChangedByStaff(user_id=user_id))
    return len(chosen)


@transaction.atomic
def remove_second_factors(*, user: User, at: datetime) -> int:
    """Take all factors off an account whose owner has lost them, for the operators.

    It is signed out everywhere, because whoever has the factors may be signed in.

    :returns: how many there were.
    """
    gone = int(Authenticator.objects.filter(user=user).count())
    if gone:
        remove_rest(user)
        events.emit(FactorsRemovedByStaff(user_id=user.pk))
    end_all_sessions(user=user, at=at)
    note_staff_action(None, Action.FACTORS_REMOVED_BY_STAFF, user)
    return gone


def note_staff_action(actor: User | None, action: Action, account: User) -> None:
    """Enter, for the patient too, that staff have done something to an account."""
    done = Access(patient_id_of(account), "account", [account.pk], basis=Basis.STAFF)
    audit.note(actor, action, done)
