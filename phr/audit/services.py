"""Writing the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from phr.accounts.models import User
from phr.audit import denied_attempts
from phr.audit.actions import Action
from phr.audit.bulk_insert import Actor, add_lines
from phr.audit.models import Basis, Outcome
from phr.core.ids import uuid7
from phr.core.ip_networks import network_of
from phr.core.request_origin import current_origin


@dataclass(frozen=True, slots=True)
class Access:
    """What was done to one patient's data, in the words of the app that did it.

    :param patient_id: whose data; None where it is nobody's, or nobody knows.
    :param object_kind: "record", "comment", "grant", "session", ...
    :param categories: the record types among the objects.
    :param grant_id: the grant that opened the data to a doctor.
    """

    patient_id: UUID | None
    object_kind: str
    object_ids: Sequence[UUID]
    categories: Iterable[str] = field(default=())
    grant_id: UUID | None = None
    basis: Basis = Basis.OWN
    outcome: Outcome = Outcome.ALLOWED


def note(actor: User | None, action: Action, *accesses: Access) -> None:
    """Add one line for each access, all in one statement.

    A change calls this inside its transaction, a read before it answers.

    :param actor: who did it; None where nobody is signed in.
    """
    if not accesses:
        return
    add_lines(
        [columns_of(access) for access in accesses],
        at=timezone.now(),
        actor=names_of(actor),
        action=action,
        origin=current_origin.get(),
    )


def columns_of(access: Access) -> dict[str, Any]:
    """The columns of an entry that are about one access."""
    return {
        "id": uuid7(),
        "basis": access.basis,
        "grant_id": access.grant_id,
        "object_kind": access.object_kind,
        "object_ids": list(access.object_ids),
        "categories": sorted(set(access.categories)),
        "count": len(access.object_ids),
        "patient_id": access.patient_id,
        "outcome": access.outcome,
    }


def names_of(actor: User | None) -> Actor:
    return (actor.pk, actor.user_type, str(actor)) if actor else (None, "", "")


def note_denied(
    actor: User,
    action: Action,
    *,
    object_kind: str,
    object_id: UUID | None = None,
    patient_id: UUID | None = None,
) -> None:
    """Enter an attempt that was refused (ASVS 5.0, 16.3.2): a line, or a count."""
    refused = Access(
        patient_id,
        object_kind,
        [object_id] if object_id else [],
        basis=Basis.NONE,
        outcome=Outcome.REFUSED,
    )
    thing = str(object_id or "")
    note_denied_access(actor, action, refused, who=actor.pk, thing=thing)


def note_denied_sign_in(
    account_id: UUID | None, action: Action, *, patient_id: UUID | None
) -> None:
    """Enter that somebody tried to sign in, to this account or to one of nobody."""
    who, address = account_id or denied_attempts.NOBODY, current_origin.get().address
    refused = Access(
        patient_id,
        "account",
        [account_id] if account_id else [],
        basis=Basis.NONE,
        outcome=Outcome.REFUSED,
    )
    thing = network_of(address) if address else ""
    note_denied_access(None, action, refused, who=who, thing=thing)


@transaction.atomic
def note_denied_access(
    actor: User | None, action: Action, refused: Access, *, who: UUID, thing: str
) -> None:
    """Enter the first attempts as lines, and count the others (`denied_attempts`).

    The same statements run whatever it was, so that time tells nothing.
    """
    attempt = denied_attempts.Attempt(
        who,
        thing,
        actor.pk if actor else None,
        action,
        refused.patient_id,
        refused.object_kind,
    )
    face = current_origin.get().face
    if denied_attempts.count(attempt, at=timezone.now(), face=face):
        note(actor, action, refused)
