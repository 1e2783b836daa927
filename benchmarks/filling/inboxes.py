"""Notifications, and lines of the access ledger."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks.filling.copying import copy_rows
from benchmarks.filling.people import name_of
from benchmarks.filling.plan import (
    DOCTORS_WITH_INBOX,
    PATIENTS_WITH_INBOX,
    SPAN,
    START,
    Plan,
    person_id,
    row_id,
)
from benchmarks.filling.records import DAY, time_of
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification, NotificationType

Row = dict[str, Any]
LINES, UNREAD = 200, 4
# In the second half of the span, one after the other across all inboxes.
FIRST, APART = START + SPAN // 2, 600_000


def fill_inboxes(plan: Plan) -> None:
    copy_rows(OutboxEvent, events(plan))
    copy_rows(Notification, notifications(plan))


def recipients(plan: Plan) -> list[str]:
    patients = range(min(PATIENTS_WITH_INBOX, plan.patients))
    doctors = range(min(DOCTORS_WITH_INBOX, plan.doctors))
    return [
        *(person_id("patient's account", number) for number in patients),
        *(person_id("doctor's account", number) for number in doctors),
    ]


def places(plan: Plan) -> Iterator[tuple[int, int, str, int]]:
    """Line, number of the inbox, whose it is, and when; all inboxes in turn."""
    owners = recipients(plan)
    for line in range(LINES):
        for number, owner in enumerate(owners):
            place = line * len(owners) + number
            yield line, number, owner, FIRST + place * APART * 500 // len(owners)


def dice_for(plan: Plan) -> random.Random:
    return random.Random(f"inboxes {plan.records}")


def events(plan: Plan) -> Iterator[Row]:
    dice = dice_for(plan)
    for _line, _number, _owner, milliseconds in places(plan):
        at = time_of(milliseconds)
        yield {
            "id": row_id(milliseconds, dice.getrandbits(74)),
            "created_at": at,
            "updated_at": at,
            "kind": "health_records.comment_added",
            "payload": json.dumps({}),
            "delivered_at": at,
            "attempts": 1,
            "next_attempt_at": at,
            "last_error": "",
            "turn": None,
            "set_aside_at": None,
        }


def notifications(plan: Plan) -> Iterator[Row]:
    """The same dice as for the events give the ids of those."""
    dice, own = dice_for(plan), random.Random(f"notifications {plan.records}")
    for line, number, owner, milliseconds in places(plan):
        at = time_of(milliseconds)
        is_read = line < LINES - UNREAD or has_read_all(number)
        yield {
            "id": row_id(milliseconds, own.getrandbits(74)),
            "created_at": at,
            "updated_at": at,
            "recipient_id": owner,
            "notification_type": NotificationType.COMMENT_ADDED.value,
            "title": "A comment on your record",
            "message": f"{' '.join(name_of(f'doctor{number // 20}'))} has commented.",
            "is_read": is_read,
            "read_at": at + timedelta(hours=2) if is_read else None,
            "event_id": row_id(milliseconds, dice.getrandbits(74)),
            "about_patient_id": None,
        }


def has_read_all(number: int) -> bool:
    """Whether there is nothing unread in the inbox with this number."""
    return number % 2 == 0


def fill_ledger(plan: Plan) -> None:
    copy_rows(AccessEntry, ledger_lines(plan))


def ledger_lines(plan: Plan) -> Iterator[Row]:
    """Doctors who opened records of their patients: some lines for each patient."""
    dice = random.Random(f"ledger {plan.records}")
    patients = min(PATIENTS_WITH_INBOX, plan.patients)
    for place in range(40 * patients):
        number, at = place % patients, START + place * (DAY // 20)
        doctor = plan.doctor_of(number)
        yield {
            "id": row_id(at, dice.getrandbits(74)),
            "at": time_of(at),
            "actor_id": person_id("doctor's account", doctor),
            "actor_role": "DOCTOR",
            "actor_name": " ".join(name_of(f"doctor{doctor}")),
            "basis": Basis.GRANT.value,
            "grant_id": person_id(f"grant to {doctor}", number),
            "action": "health_records.record_opened",
            "object_kind": "record",
            "object_ids": [row_id(at, dice.getrandbits(74))],
            "categories": ["CHECKUP"],
            "count": 1,
            "patient_id": person_id("patient", number),
            "face": "api",
            "address": "192.0.2.17",
            "user_agent": "Mozilla/5.0",
            "outcome": Outcome.ALLOWED.value,
            "since": None,
        }
