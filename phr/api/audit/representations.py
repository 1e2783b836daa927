"""Lines of the ledger as JSON, and as cells of a table."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from phr.accounts.models import UserType
from phr.api.answer_types import Count, Keywords, Link
from phr.audit import signing_keys
from phr.audit.models import AccessEntry, Basis, LedgerSeal, Outcome
from phr.audit.verification import MOST_UNSEALED, Fault, FaultKind, Page

HEX_OF_32_BYTES = Keywords(pattern=r"^[0-9a-f]{64}$")


class ActorJson(TypedDict):
    """Who it was, by the name they had at the time."""

    id: UUID
    name: str
    role: Annotated[str, UserType]


class OriginJson(TypedDict):
    """Where it came from."""

    face: Annotated[str, "The part of the server: api, admin, ..."]
    address: str | None
    user_agent: Annotated[str, "The User-Agent header of the client."]


class EntryJson(TypedDict):
    """One line of the ledger: who did what with whose data, why and from where."""

    id: UUID
    at: datetime
    since: Annotated[
        datetime | None,
        "Set if refused attempts were counted together: the time of the "
        "first one. occurred_at is the time of the last one, and count says "
        "how many there were.",
    ]
    actor: Annotated[ActorJson | None, "Null if nobody was signed in."]
    action: Annotated[str, "For example health_records.record_opened."]
    object_kind: Annotated[str, "record, comment, grant, profile, account, ..."]
    object_ids: list[UUID]
    categories: Annotated[list[str], "The types of the records involved."]
    count: Annotated[
        Count, "How many items were involved, or how many attempts were made."
    ]
    patient: Annotated[UUID | None, "The patient whose data was involved."]
    basis: Annotated[str, Basis, "What gave the actor access."]
    grant: Annotated[UUID | None, "The grant that gave access to the data."]
    origin: OriginJson
    outcome: Annotated[str, Outcome]


class LedgerFaultJson(TypedDict):
    """The first thing that does not agree."""

    kind: Annotated[str, FaultKind]
    seal: Annotated[
        int, Keywords(minimum=1), "The number of the seal that shows the fault."
    ]
    position: Annotated[
        int | None, "The position of the line; null if the fault is in a seal."
    ]
    entry_id: UUID | None


class LedgerHeadJson(TypedDict):
    """The last seal of the page."""

    number: Annotated[int, Keywords(minimum=1)]
    hash: Annotated[str, HEX_OF_32_BYTES]
    sealed_at: datetime


class LedgerCheckJson(TypedDict):
    """Whether a stretch of the ledger is as it was sealed."""

    ok: bool
    seals: Annotated[Count, "Valid seals on this page."]
    entries: Annotated[Count, "Lines under these seals."]
    redacted: Annotated[
        Count,
        "How many of these lines have since lost the name of an erased "
        "person. Each of them has a signature of its own.",
    ]
    unsealed: Annotated[
        int | None,
        Keywords(maximum=MOST_UNSEALED, minimum=0),
        "On the last page: the lines after the last seal, counted up to "
        f"{MOST_UNSEALED:,}. Otherwise null.",
    ]
    first_broken: LedgerFaultJson | None
    head: Annotated[LedgerHeadJson | None, "Null if no seal on this page is valid."]
    public_key: Annotated[
        str, "Ed25519; verifies the seals that are made now.", HEX_OF_32_BYTES
    ]
    next: Annotated[
        Link | None, "The next page; null at the end, or if the ledger is broken."
    ]


def represent_entry(entry: AccessEntry) -> EntryJson:
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


def represent_actor(entry: AccessEntry) -> ActorJson | None:
    if entry.actor_id is None:
        return None
    return {
        "id": entry.actor_id,
        "name": entry.actor_name,
        "role": entry.actor_role,
    }


def represent_ledger_check(page: Page, next_page: str | None) -> LedgerCheckJson:
    return {
        "ok": page.fault is None,
        "seals": page.seals,
        "entries": page.entries,
        "redacted": page.redacted,
        "unsealed": page.unsealed,
        "first_broken": represent_fault(page.fault) if page.fault else None,
        "head": represent_head(page.newest) if page.newest else None,
        "public_key": signing_keys.public_key().hex(),
        "next": next_page,
    }


def represent_fault(fault: Fault) -> LedgerFaultJson:
    return {
        "kind": fault.kind,
        "seal": fault.seal,
        "position": fault.position,
        "entry_id": fault.entry_id,
    }


def represent_head(seal: LedgerSeal) -> LedgerHeadJson:
    return {
        "number": seal.number,
        "hash": bytes(seal.hash).hex(),
        "sealed_at": seal.sealed_at,
    }
