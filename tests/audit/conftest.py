"""The ledger's newest lines, in the words of its columns."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from phr.audit import seals, verification
from phr.audit.models import AccessEntry, Basis, Outcome
from tests.audit.ledgers import add_lines, seal
from tests.audit.redactions import redact
from tests.conftest import user_of

ADDRESS, USER_AGENT = "192.0.2.7", "Tests/1.0"
COLUMNS = [
    field.name
    for field in AccessEntry._meta.fields
    if field.name not in ("id", "at", "position")
]


def from_there(client: APIClient) -> APIClient:
    """The same client, with an address and a user agent of its own."""
    client.defaults |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": USER_AGENT}
    return client


def lines() -> list[dict[str, Any]]:
    """The whole ledger, oldest line first."""
    return list(AccessEntry.objects.order_by("at", "id").values(*COLUMNS))


def line(somebody: Any, action: str, **values: Any) -> dict[str, Any]:
    """What a line should say: somebody did something, as told by `values`."""
    user = user_of(somebody) if somebody else None
    usual: dict[str, Any] = {
        "actor_id": user.pk if user else None,
        "actor_role": user.user_type if user else "",
        "actor_name": user.get_full_name() if user else "",
        "basis": Basis.OWN,
        "grant_id": None,
        "action": action,
        "categories": [],
        "count": len(values["object_ids"]),
        "face": "api",
        "address": ADDRESS,
        "user_agent": USER_AGENT,
        "outcome": Outcome.ALLOWED,
        "since": None,
    }
    return usual | values


@pytest.fixture
def small_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four lines a seal, and two seals a page."""
    monkeypatch.setattr(seals, "LINES_PER_SEAL", 4)
    monkeypatch.setattr(verification, "SEALS_PER_PAGE", 2)


@pytest.fixture
def sealed(small_seals: None, db: None) -> list[AccessEntry]:
    """Eighteen lines without a gap, under seals on 4, 4, 4, 4 and 2 of them."""
    made = add_lines(18)
    seal()
    return made


@pytest.fixture
def redacted(sealed):
    """Of the second seal's lines, the sixth of the ledger, its actor's only one."""
    assert redact(sealed[5]) == 1
    return sealed[5]
