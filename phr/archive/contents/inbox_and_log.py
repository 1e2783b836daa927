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


def notifications(user: User, database: str) -> Iterator[Shape]:
    """:param database: the alias of the one that is read."""
    mine = Notification.objects.using(database).visible_to(user)
    in_order = mine.order_by("-created_at", "-id")
    yield from in_order.values(*NOTIFICATION).iterator(chunk_size=LINES_AT_ONCE)


def access_log(user: User, database: str) -> Iterator[Shape]:
    """The lines as their patient reads them, the newest first.

    :param database: the alias of the one that is read.
    """
    entries = AccessEntry.objects.using(database).visible_to(user)
    for entry in entries.order_by("-at", "-id").iterator(chunk_size=LINES_AT_ONCE):
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
