"""Writing the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from phr.accounts.models import User
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.core.origin import current_origin


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


def note(actor: User | None, action: str, *accesses: Access) -> None:
    """Add one line for each access, all in one statement.

    A change calls this inside its transaction, a read before it answers.

    :param actor: who did it; None where nobody is signed in.
    :param action: app.thing_happened.
    """
    AccessEntry.objects.bulk_create(
        [entry(actor, action, access) for access in accesses]
    )


def entry(actor: User | None, action: str, access: Access) -> AccessEntry:
    origin = current_origin.get()
    return AccessEntry(
        actor_id=actor.pk if actor else None,
        actor_role=actor.user_type if actor else "",
        actor_name=str(actor) if actor else "",
        basis=access.basis,
        grant_id=access.grant_id,
        action=action,
        object_kind=access.object_kind,
        object_ids=list(access.object_ids),
        categories=sorted(set(access.categories)),
        count=len(access.object_ids),
        patient_id=access.patient_id,
        face=origin.face,
        address=origin.address,
        user_agent=origin.user_agent,
        outcome=access.outcome,
    )


def note_refusal(
    actor: User,
    action: str,
    *,
    object_kind: str,
    object_id: UUID,
    patient_id: UUID | None,
) -> None:
    """Add the line of an attempt that was refused (ASVS 5.0, 16.3.2)."""
    refused = Access(
        patient_id, object_kind, [object_id], basis=Basis.NONE, outcome=Outcome.REFUSED
    )
    note(actor, action, refused)
