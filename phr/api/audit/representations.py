"""Lines of the ledger as JSON, and as cells of a table."""

from phr.accounts.models import User
from phr.api.json import JsonObject
from phr.audit import signing_keys
from phr.audit.access_log import told_to
from phr.audit.models import AccessEntry, LedgerSeal
from phr.audit.verification import Fault, Page


def represent_entry(entry: AccessEntry, reader: User) -> JsonObject:
    """One line, cut to what its reader may learn from it."""
    told = told_to(reader, entry)
    return {
        "id": told.id,
        "at": told.at,
        "since": told.since,
        "actor": represent_actor(told),
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


def represent_actor(entry: AccessEntry) -> JsonObject | None:
    if entry.actor_id is None:
        return None
    return {
        "id": entry.actor_id,
        "name": entry.actor_name,
        "role": entry.actor_role,
    }


def represent_ledger_check(page: Page) -> JsonObject:
    return {
        "ok": page.fault is None,
        "seals": page.seals,
        "entries": page.entries,
        "redacted": page.redacted,
        "unsealed": page.unsealed,
        "first_broken": page.fault and represent_fault(page.fault),
        "head": page.newest and represent_head(page.newest),
        "public_key": signing_keys.public_key().hex(),
    }


def represent_fault(fault: Fault) -> JsonObject:
    return {
        "kind": fault.kind,
        "seal": fault.seal,
        "position": fault.position,
        "entry_id": fault.entry_id,
    }


def represent_head(seal: LedgerSeal) -> JsonObject:
    return {
        "number": seal.number,
        "hash": bytes(seal.hash).hex(),
        "sealed_at": seal.sealed_at,
    }
