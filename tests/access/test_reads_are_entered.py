"""Whatever shows a patient's data to somebody else leaves a line in the ledger."""

from collections.abc import Callable
from inspect import getmembers, isfunction
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from phr.accounts.models import User, UserType
from phr.audit.models import AccessEntry
from phr.care.models import PatientProfile
from phr.health_records import reads, staff_reads
from phr.health_records.filters import RecordFilters
from phr.health_records.panel import PanelFilters
from tests.access.matrix import PEOPLE, ROWS
from tests.access.row import Row
from tests.access.scene import PRIVATE_SECRET, SECRET, Names
from tests.access.sending import send
from tests.cases import for_each, undone
from tests.cast import with_permissions
from tests.conftest import user_of
from tests.factories import StaffFactory

READS_OVER_HTTP = [row for row in ROWS if row.method == "GET"]
# What names a patient and is no reading of their data; each with its reason.
NOT_ENTERED = {
    "/api/care/grants/": "a grant is its doctor's as well, who may know of it",
    "/api/care/grants/{grant_id}/": "as the list; staff see nothing clinical in it",
    "/api/care/explain/": "about oneself, and a record that one could open",
    "/requests/": "as the list of grants",
    "/patients/{patient_id}/hand-over/": "of the patient it shows the name alone",
    "/emergency/": "as the list of grants: those in force",
    "/records/{record_id}/comments/": "an empty form",
    "/api/access-log/": "what one did oneself",
    "/api/access-log/csv/": "what one did oneself; the download itself is entered",
}

Read = Callable[[User, Names], object]
SERVICES: dict[str, Read] = {
    "list_records": lambda who, _: reads.list_records(who, RecordFilters(), None, 20),
    "open_record": lambda who, names: reads.open_record(
        actor=who, record_id=UUID(names["record_id"])
    ),
    "list_comments": lambda who, names: reads.list_comments(
        who, UUID(names["record_id"]), None, 20
    ),
    "open_comment": lambda who, names: reads.open_comment(
        actor=who,
        record_id=UUID(names["record_id"]),
        comment_id=UUID(names["comment_id"]),
    ),
    "list_changes": lambda who, names: reads.list_changes(
        who, UUID(names["record_id"]), None, 20
    ),
    "list_my_patients": lambda who, _: reads.list_my_patients(who, None, 20),
    "list_panel": lambda who, _: reads.list_panel(who, PanelFilters(), None, 20),
    "open_chart": lambda who, names: reads.open_chart(
        who,
        RecordFilters(patient=UUID(names["alice_id"])),
        None,
        20,
        at=timezone.now(),
    ),
}
OF_DOCTORS = {"list_my_patients", "list_panel", "open_chart"}
STAFF_SERVICES: dict[str, Read] = {
    "read_record": lambda who, names: staff_reads.read_record(
        actor=who, record_id=UUID(names["record_id"])
    ),
    "read_profile": lambda who, names: staff_reads.read_profile(
        actor=who, patient_id=UUID(names["alice_id"])
    ),
}


def lines(actor: User, patient_id: UUID) -> int:
    mine = AccessEntry.objects.filter(actor_id=actor.pk, patient_id=patient_id)
    return mine.filter(outcome="ALLOWED").count()


def reading(module: ModuleType) -> set[str]:
    """The functions of a module by which a face reads something."""
    return {
        name
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__
        and name.startswith(("list_", "open_", "read_"))
    }


@for_each("row", READS_OVER_HTTP, undone)
def test_what_names_alice_to_others_is_entered_in_her_ledger(
    scene: Names, alice: PatientProfile, client_for: Any, request: Any, row: Row
) -> None:
    marks = {SECRET, PRIVATE_SECRET, str(alice.pk), scene["record_id"]}
    path = row.path.partition("?")[0]
    for who in PEOPLE.keys() - {"alice", "nobody"}:
        if row.statuses[who] != 200:
            continue
        client = client_for(who, row)
        actor = user_of(request.getfixturevalue(who))
        before = lines(actor, alice.pk)

        body = send(client, row, scene).getvalue().decode()

        if any(mark in body for mark in marks):
            entered = lines(actor, alice.pk) > before
            assert entered != (path in NOT_ENTERED), f"{who}: {row.name}"


def test_only_addresses_that_are_there_are_left_out() -> None:
    assert NOT_ENTERED.keys() <= {row.path.partition("?")[0] for row in ROWS}


def test_every_service_that_reads_records_is_tried_here() -> None:
    assert reading(reads) == SERVICES.keys()
    assert reading(staff_reads) == STAFF_SERVICES.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_reads_enters_it_by_itself(
    scene: Names, alice: PatientProfile, dr_bob: Any, name: str
) -> None:
    before = lines(dr_bob.user, alice.pk)

    SERVICES[name](dr_bob.user, scene)

    assert lines(dr_bob.user, alice.pk) == before + 1


@pytest.mark.parametrize("name", STAFF_SERVICES)
def test_staff_who_read_a_text_are_entered(
    scene: Names, alice: PatientProfile, name: str
) -> None:
    clea = with_permissions(StaffFactory(username="clea"), "read_clinical_text")

    STAFF_SERVICES[name](clea, scene)

    assert lines(clea, alice.pk) == 1


@pytest.mark.parametrize("name", SERVICES.keys() - OF_DOCTORS)
def test_what_one_reads_of_oneself_is_not_entered(
    scene: Names, alice: PatientProfile, name: str
) -> None:
    assert alice.user.user_type == UserType.PATIENT
    before = lines(alice.user, alice.pk)

    SERVICES[name](alice.user, scene)

    assert lines(alice.user, alice.pk) == before
