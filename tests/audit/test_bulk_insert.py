"""Lines are added by one statement that knows every column of the model."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from phr.accounts.models import User
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.audit.services import Access
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.ids import uuid7
from phr.core.request_origin import Origin, current_origin

ACTION = Action.RECORD_OPENED
THERE = Origin(face="api", address="2001:db8::17", user_agent='Quote " and \\ 50 %s')
COLUMNS = [field.attname for field in AccessEntry._meta.concrete_fields]
# Which the database or the moment decides.
ITS_OWN = {"id", "position", "at"}


@pytest.fixture(autouse=True)
def _from_there() -> Iterator[None]:
    before = current_origin.set(THERE)
    yield
    current_origin.reset(before)


def as_the_model_has_it(actor: User | None, access: Access) -> dict[str, object]:
    """The same line saved by the model, read back from the database."""
    saved = AccessEntry.objects.create(
        actor_id=actor.pk if actor else None,
        actor_role=actor.user_type if actor else "",
        actor_name=str(actor) if actor else "",
        basis=access.basis,
        grant_id=access.grant_id,
        action=ACTION,
        object_kind=access.object_kind,
        object_ids=list(access.object_ids),
        categories=sorted(set(access.categories)),
        count=len(access.object_ids),
        patient_id=access.patient_id,
        face=THERE.face,
        address=THERE.address,
        user_agent=THERE.user_agent,
        outcome=access.outcome,
    )
    return columns_of(saved.pk)


def columns_of(entry_id: UUID) -> dict[str, object]:
    return dict(AccessEntry.objects.values(*COLUMNS).get(pk=entry_id))


def without_its_own(line: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in line.items() if name not in ITS_OWN}


@pytest.mark.parametrize(
    "access",
    [
        Access(None, "ledger", []),
        Access(uuid7(), "record", [uuid7()], basis=Basis.NONE, outcome=Outcome.REFUSED),
        Access(
            uuid7(),
            "record",
            (uuid7(), uuid7()),
            categories=["SURGERY", "CHECKUP", "SURGERY"],
            grant_id=uuid7(),
            basis=Basis.GRANT,
        ),
    ],
    ids=["about nobody", "refused", "with everything"],
)
@pytest.mark.parametrize("somebody", [True, False], ids=["somebody", "nobody"])
def test_a_line_is_what_the_model_would_have_saved(
    dr_bob: DoctorProfile, access: Access, *, somebody: bool
) -> None:
    actor = dr_bob.user if somebody else None

    audit.note(actor, ACTION, access)

    line = columns_of(AccessEntry.objects.get().pk)
    saved = as_the_model_has_it(actor, access)
    assert without_its_own(line) == without_its_own(saved)
    assert isinstance(line["id"], UUID)
    assert line["id"].version == 7
    assert line["at"] <= saved["at"]  # type: ignore[operator] # two moments
    assert line["position"] == saved["position"] - 1  # type: ignore[operator] # two whole numbers


def test_the_lines_of_a_page_are_one_statement_in_their_order(
    alice: PatientProfile, dr_bob: DoctorProfile
) -> None:
    accesses = [Access(uuid7(), "record", [uuid7()]) for _ in range(20)]

    with CaptureQueriesContext(connection) as queries:
        audit.note(dr_bob.user, ACTION, *accesses)

    assert len(queries) == 1
    lines = AccessEntry.objects.order_by("position")
    assert [line.patient_id for line in lines] == [one.patient_id for one in accesses]
    assert len({line.at for line in lines}) == 1


def test_nothing_to_add_is_no_statement(dr_bob: DoctorProfile) -> None:
    with CaptureQueriesContext(connection) as queries:
        audit.note(dr_bob.user, ACTION)

    assert len(queries) == 0
