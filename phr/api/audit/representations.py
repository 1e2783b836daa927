"""Lines of the ledger as JSON, and as cells of a table."""

from phr.api.json import JsonObject
from phr.audit import signing_keys
from phr.audit.models import AccessEntry, LedgerSeal
from phr.audit.verification import Fault, Page


def represent_entry(entry: AccessEntry) -> JsonObject:
    return {
        "id": entry.id,
        "at": entry.at,
        "since": entry.since,
        "actor": represent_actor(entry),
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_ids": entry.object_ids,
        "categories": entry.categories,
        "count": entry.count,
        "patient": entry.patient_id,
        "basis": entry.basis,
        "grant": entry.grant_id,
        "origin": {
            "face": entry.face,
            "address": entry.address,
            "user_agent": entry.user_agent,
        },
        "outcome": entry.outcome,
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
