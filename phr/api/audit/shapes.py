"""Lines of the ledger as JSON, and as cells of a table."""

from phr.accounts.models import User
from phr.api.shapes import Shape
from phr.audit.models import AccessEntry
from phr.audit.reading import told_to


def entry_shape(entry: AccessEntry, reader: User) -> Shape:
    """One line, cut to what its reader may learn from it."""
    told = told_to(reader, entry)
    return {
        "id": told.id,
        "at": told.at,
        "since": told.since,
        "actor": actor_shape(told),
        "action": told.action,
        "object_kind": told.object_kind,
        "object_ids": told.object_ids,
        "categories": told.categories,
        "count": told.count,
        "patient": told.patient_id,
        "basis": told.basis,
        "grant": told.grant_id,
        "origin": {
            "face": told.face,
            "address": told.address,
            "user_agent": told.user_agent,
        },
        "outcome": told.outcome,
    }


def actor_shape(entry: AccessEntry) -> Shape | None:
    if entry.actor_id is None:
        return None
    return {
        "id": entry.actor_id,
        "name": entry.actor_name,
        "role": entry.actor_role,
    }
