"""What the patient was told, and what the ledger tells the patient."""

from collections.abc import Iterator
from typing import Any

from phr.accounts.models import User
from phr.archive.formats import newest
from phr.audit.access_log import LINES_AT_ONCE, told_to
from phr.audit.models import AccessEntry
from phr.notifications.models import Notification

Shape = dict[str, Any]

NOTIFICATION = newest.Notification.names()
ENTRY = newest.Entry.names("actor", "patient", "grant", "origin")


def notifications(user: User) -> Iterator[Shape]:
    mine = Notification.objects.visible_to(user).order_by("-created_at", "-id")
    yield from mine.values(*NOTIFICATION).iterator(chunk_size=LINES_AT_ONCE)


def access_log(user: User) -> Iterator[Shape]:
    """The lines as their patient reads them, the newest first."""
    entries = AccessEntry.objects.visible_to(user).order_by("-at", "-id")
    for entry in entries.iterator(chunk_size=LINES_AT_ONCE):
        yield entry_shape(told_to(user, entry))


def entry_shape(told: AccessEntry) -> Shape:
    actor = {"id": told.actor_id, "name": told.actor_name, "role": told.actor_role}
    return {
        **{name: getattr(told, name) for name in ENTRY},
        "actor": actor if told.actor_id else None,
        "patient": told.patient_id,
        "grant": told.grant_id,
        "origin": {
            "face": told.face,
            "address": told.address,
            "user_agent": told.user_agent,
        },
    }
