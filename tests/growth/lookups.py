"""What is looked up by a name, a key or a time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from phr.accounts.sessions import end_all_sessions
from phr.archive.models import Export
from phr.audit.seals import lines_after, newest_seal
from phr.care.registration import refuse_license_of_verified_doctor
from phr.core import outbox_queue
from phr.core.queues import Queue
from phr.identity.session_lookup import find_live_session
from phr.identity.sign_in import find_account
from tests.growth.world import World

LOOKUPS: dict[str, Callable[[World], Any]] = {
    "sign-in by name": lambda world: find_account("Doctor_77"),
    "sign-in by address": lambda world: find_account("Doctor_77@example.org"),
    "sign-in by no name": lambda world: find_account("nobody"),
    "sign-in by no address": lambda world: find_account("nobody@example.org"),
    "a token": lambda world: find_live_session(
        session_id=UUID(int=5), user_id=world.alice.user_id
    ),
    "events that are due": lambda world: outbox_queue.put_due_in_line(
        now=timezone.now() + timedelta(days=1), at_most=20
    ),
    "the next turn": lambda world: outbox_queue.take(
        Queue.NOTIFICATIONS, now=timezone.now(), at_most=1
    ),
    "the newest seal": lambda world: newest_seal(),
    "lines to be sealed": lambda world: list(lines_after(0)[:20]),
    "a licence's holder": lambda world: refuse_license_of_verified_doctor(world.dr_bob),
    "exports that are due": lambda world: list(Export.objects.due(at=timezone.now())),
    "who signs out everywhere": lambda world: end_all_sessions(
        user=world.dr_bob.user, at=timezone.now()
    ),
}
