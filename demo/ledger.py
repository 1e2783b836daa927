"""What the ledger would hold if the demo had happened here; its face is "demo"."""

from collections.abc import Iterable, Iterator

from demo.ids import demo_id
from demo.reading import readings
from demo.rows import Rows
from demo.signing_in import origin_of, sign_ins
from demo.steps import Step
from demo.stories.shape import moment
from phr.audit.actions import Action
from phr.audit.models import AccessEntry
from phr.audit.services import Access, columns_of, names_of

# Maria took her part along on the evening after somebody had been refused.
DOWNLOADED_BY, DOWNLOADED_AT = "maria", moment("2025-02-11 19:30")


def fill_ledger(rows: Rows, changes: Iterable[Step]) -> None:
    """Add the lines of all that was done, in its order: they take their places so."""
    steps = [*changes, *readings(rows), download(rows)]
    steps += sign_ins(rows, steps)
    lines = sorted(lines_of(steps), key=lambda line: line.id)
    AccessEntry.objects.bulk_create(lines)


def lines_of(steps: Iterable[Step]) -> Iterator[AccessEntry]:
    for step in steps:
        who = step.actor.username if step.actor else "nobody"
        origin = step.origin or origin_of(who, step.at)
        columns = columns_of(step.access)
        what = f"{step.action} {step.access.patient_id} {columns['object_ids']}"
        columns["id"] = demo_id(f"line {what} by {who}", step.at)
        actor_id, actor_role, actor_name = names_of(step.actor)
        yield AccessEntry(
            **columns,
            at=step.at,
            actor_id=actor_id,
            actor_role=actor_role,
            actor_name=actor_name,
            action=step.action,
            face=origin.face,
            address=origin.address,
            user_agent=origin.user_agent,
        )


def download(rows: Rows) -> Step:
    patient = rows.patients[DOWNLOADED_BY]
    ledger = Access(patient.pk, "ledger", [])
    return Step(patient.user, Action.LOG_DOWNLOADED, DOWNLOADED_AT, ledger)
