"""Changes of records on the condition that nobody else has changed them meanwhile."""

import threading
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.faults.people import Circle
from tests.faults.told import Answer, Change

if TYPE_CHECKING:  # which imports what is here
    from tests.faults.clients import Client

RECORDS = "/api/health-records/"
DONE, FAILED = 200, 412


def change(client: "Client", circle: Circle) -> None:
    """Read one of the patient's records, and change what was read."""
    read = read_one(client, circle)
    if read is not None:
        change_what_was(read, client, circle)


def change_at_once(client: "Client", circle: Circle) -> None:
    """Have two devices read the same, and change it at the same moment."""
    read = read_one(client, circle)
    if read is None:
        return
    start = threading.Barrier(2)

    def change() -> None:
        start.wait()
        change_what_was(read, client, circle)

    other = threading.Thread(target=change, daemon=True)
    other.start()
    change()
    other.join()


def read_one(client: "Client", circle: Circle) -> Answer | None:
    found = client.ask("list", "GET", RECORDS, circle, circle.patient)
    if found.status != DONE or not found.body["results"]:
        return None
    record = client.chance.choice(found.body["results"])["id"]
    known = latest_told(client, record)
    read = client.ask("open", "GET", f"{RECORDS}{record}/", circle, circle.patient)
    if read.status != DONE:
        return None
    if read.body["version"] < known:
        client.log.contradictions.append("A change was acknowledged, and is not seen.")
    return read


def latest_told(client: "Client", record: str) -> int:
    """The latest version of a record that this or another client was told."""
    told = [each.told or 1 for each in [*client.log.changes] if each.record == record]
    return max(told, default=1)


def change_what_was(read: Answer, client: "Client", circle: Circle) -> None:
    """Send a change with the tag that was read, until it has an answer."""
    record, text = read.body["id"], f"Change {uuid4()}"
    change = Change(record, text, read.body["version"])
    client.log.changes.append(change)
    is_first = True
    while True:
        answer = client.ask(
            "change",
            "PATCH",
            f"{RECORDS}{record}/",
            circle,
            circle.patient,
            {"description": text},
            tag=read.tag,
        )
        if answer.status == DONE:
            change.told = answer.body["version"]
        elif answer.status == FAILED:
            change.is_refused = is_first and not answer.was_resent
        elif not client.has_stopped_after_a_while():
            is_first = False
            continue
        return
