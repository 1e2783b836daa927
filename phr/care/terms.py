"""The terms of a grant, and which of them give a doctor more than others."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from phr.care.models import CareGrant

FURTHEST_AHEAD = timedelta(hours=14)  # of UTC, where any clocks are


@dataclass(frozen=True, slots=True)
class Terms:
    """How far a grant goes and how long; by default all records, without an end."""

    record_types: tuple[str, ...] = ()
    records_since: Any = None
    expires_at: datetime | None = None
    is_primary: bool = False


TERMS = tuple(field.name for field in fields(Terms))


def widens(grant: CareGrant, terms: Mapping[str, Any]) -> bool:
    """Whether a grant opens more with these terms, or for longer.

    The primary doctor may hand the patient over, so that is more as well.
    """
    new = {name: getattr(grant, name) for name in TERMS} | dict(terms)
    types, since, until = grant.record_types, grant.records_since, grant.expires_at
    more_types = bool(types) and not (
        new["record_types"] and set(new["record_types"]) <= set(types)
    )
    earlier = since is not None and (
        new["records_since"] is None or new["records_since"] < since
    )
    longer = until is not None and (
        new["expires_at"] is None or new["expires_at"] > until
    )
    primary = new["is_primary"] and not grant.is_primary
    return more_types or earlier or longer or primary
