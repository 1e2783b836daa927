"""Preparing exports: one transaction each, so that a killed worker leaves the row."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import SerializationFailure

from phr.accounts.models import User
from phr.archive.events import ExportReady
from phr.archive.metrics import EXPORTS
from phr.archive.models import Export, ExportPiece, ExportStatus
from phr.archive.progress import Progress
from phr.archive.services import access_to
from phr.archive.writer import write_archive
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.core import events
from phr.core.ids import first_id_of
from phr.core.stale_reads import PRIMARY, read_when_complete

MOST_ATTEMPTS = 5
TRY_AGAIN = timedelta(minutes=1)
PIECE = 256 * 1024  # bytes
MOST_AT_ONCE = 100


def prepare_export(export_id: UUID, *, at: datetime) -> bool:
    """Prepare an export whole, or leave it as it was.

    :returns: whether this call did it; False if it is done, given up, or in another
        worker's hands.
    """
    if not begin_attempt(export_id, at=at):
        return False
    try:
        with snapshot():
            export = lock_export(export_id)
            if export is not None:
                finish_export(export)
    except OperationalError as error:
        if isinstance(error.__cause__, SerializationFailure):
            return False  # another worker has finished since the snapshot
        raise
    if export is not None:
        EXPORTS.labels("ready").inc()
    return export is not None


@transaction.atomic
def begin_attempt(export_id: UUID, *, at: datetime) -> bool:
    """Count an attempt before it is made, so that those count that kill the worker.

    :returns: whether there is something to do.
    """
    export = lock_export(export_id)
    if export is None:
        return False
    if export.attempts >= MOST_ATTEMPTS:
        EXPORTS.labels("failed").inc()
        export.status = ExportStatus.FAILED
        export.save(update_fields=["status", "updated_at"])
        return False
    export.attempts += 1
    export.next_attempt_at = at + TRY_AGAIN * export.attempts
    export.save(update_fields=["attempts", "next_attempt_at", "updated_at"])
    return True


def lock_export(export_id: UUID) -> Export | None:
    """Take an export in hand, unless another worker has it."""
    waiting = Export.objects.under_way().select_related("user__patient_profile")
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return locked.filter(pk=export_id).first()


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that sees one moment, however long it takes.

    Within another one, as in tests, it sees what that one sees.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def finish_export(export: Export) -> None:
    """Pack what belongs to the account, store it and say that it is there."""
    with tempfile.TemporaryFile() as file:
        read = partial(pack, export, file)
        if not read_when_complete(read):
            read(PRIMARY)
        store_pieces(export, file)
    export.status, export.ready_at = ExportStatus.READY, timezone.now()
    export.expires_at = export.ready_at + settings.RETAIN_EXPORTS
    export.save()
    audit.note(None, Action.EXPORT_READY, access_to(export, Basis.NONE))
    events.emit(ExportReady(user_id=export.user_id, export_id=export.pk))


def pack(export: Export, file: IO[bytes], database: str) -> None:
    """Write the archive of what a database has, whatever the file held before."""
    user, progress = export.user, Progress(export.pk)
    file.seek(0)
    file.truncate()
    try:
        if database != PRIMARY:  # all of it is of one moment
            users = User.objects.using(database).select_related("patient_profile")
            user = users.get(pk=user.pk)
        write_archive(
            user, file, at=timezone.now(), progress=progress, database=database
        )
    finally:
        progress.forget()


def store_pieces(export: Export, file: IO[bytes]) -> None:
    digest, number = sha256(), 0
    file.seek(0)
    while data := file.read(PIECE):
        digest.update(data)
        ExportPiece.objects.create(export=export, number=number, data=data)
        number += 1
    export.size, export.sha256 = file.tell(), digest.hexdigest()


@transaction.atomic
def take_due_exports(*, at: datetime) -> list[UUID]:
    """Take the exports that nobody has finished, oldest first.

    Each is put off, so that a queue whose workers are down does not fill with copies.
    """
    due = Export.objects.due(at=at).order_by("next_attempt_at")
    locked = due.select_for_update(skip_locked=True, no_key=True)
    ids = list(locked.values_list("pk", flat=True)[:MOST_AT_ONCE])
    Export.objects.filter(pk__in=ids).update(
        next_attempt_at=at + TRY_AGAIN, updated_at=at
    )
    return ids


@transaction.atomic
def expire_exports(*, at: datetime) -> int:
    """Delete the bytes of exports past their time; the rows stay.

    :returns: how many exports that were.
    """
    past = Export.objects.past_their_time(at=at).order_by("expires_at")
    locked = past.select_for_update(skip_locked=True, no_key=True)
    ids = list(locked.values_list("pk", flat=True)[:MOST_AT_ONCE])
    ExportPiece.objects.filter(export__in=ids).delete()
    Export.objects.filter(pk__in=ids).update(status=ExportStatus.EXPIRED, updated_at=at)
    return len(ids)


@transaction.atomic
def purge_rows(*, at: datetime) -> int:
    """Remove the rows of exports that are over, whose bytes have long gone.

    :returns: how many are gone.
    """
    over = Export.objects.over().filter(
        pk__lt=first_id_of(at - settings.RETAIN_EXPORT_ROWS)
    )
    locked = over.order_by("pk").select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:MOST_AT_ONCE])
    Export.objects.filter(pk__in=ids).delete()
    return len(ids)
