"""The terms of a grant: which make sense, and which give a doctor more than others."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta, timezone
from typing import Any

from django.utils.translation import gettext_lazy as _

from phr.care.models import CareGrant
from phr.core.errors import Invalid

FURTHEST_AHEAD = timedelta(hours=14)  # of UTC, where any clocks are


class ExpiryInThePast(Invalid):
    code, title = "expires_in_the_past", _("The end of access must be in the future.")
    advice = _("Access can only end in the future.")


class OpensNothing(Invalid):
    code = "dates_out_of_order"
    advice = _("Access would end before the first visit that it covers.")
    title = _("Set an end after the first visit that the access covers.")


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


def set_terms(grant: CareGrant, terms: Mapping[str, Any], at: datetime) -> None:
    """Put new terms into a grant, if together with its others they make sense."""
    for name, value in terms.items():
        setattr(grant, name, value)
    check_terms(grant, max(at, grant.starts_at))


def make_terms(values: Mapping[str, Any], at: datetime) -> Terms:
    """Terms for a new grant, if they make sense together.

    :param values: of `Terms`, what differs from everything without an end.
    :raises ExpiryInThePast, OpensNothing: as they say.
    """
    terms = Terms(**values)
    check_terms(terms, at)
    return terms


def check_terms(terms: CareGrant | Terms, at: datetime) -> None:
    """:raises ExpiryInThePast, OpensNothing: as they say."""
    if terms.expires_at is None:
        return
    if terms.expires_at <= at:
        raise ExpiryInThePast(field="expires_at")
    # The day of a visit is that of its place, which may be ahead of all others.
    since, there = terms.records_since, timezone(FURTHEST_AHEAD)
    if since is not None and datetime.combine(since, time(), there) > terms.expires_at:
        raise OpensNothing(field="records_since")
