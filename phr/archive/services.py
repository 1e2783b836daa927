"""Asking for one's whole account, and fetching it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.archive import progress
from phr.archive.events import ExportAsked
from phr.archive.models import Export, ExportPiece, ExportStatus
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.core import events
from phr.core.errors import Conflict, NotAllowed, NotFound
from phr.core.keyset_pagination import Cursor, Page, page_of
from phr.core.rate_limits import Limit

TIME_FOR_THE_EVENT = timedelta(minutes=1)
EXPORTS = Limit("archive:export", 5, timedelta(days=1))


class ExportNotReady(Conflict):
    code, title = "export_not_ready", _("This export cannot be downloaded")


def request_export(*, actor: User, at: datetime) -> tuple[Export, bool]:
    """Have the actor's account exported, unless that is under way.

    :returns: the export, and whether this call began it.
    :raises NotAllowed: only patients have an account to take along.
    :raises TooMany: too many of this user's in a day.
    """
    if actor.user_type != UserType.PATIENT:
        raise NotAllowed(_("Only patients can export their account."))
    mine = Export.objects.visible_to(actor).under_way()
    if present := mine.first():
        return present, False
    EXPORTS.take(str(actor.pk))
    try:
        return begin_export(actor, at), True
    except IntegrityError:
        EXPORTS.give_back(str(actor.pk))
        return mine.get(), False


@transaction.atomic
def begin_export(actor: User, at: datetime) -> Export:
    """:raises IntegrityError: another request was faster."""
    with transaction.atomic():  # a savepoint: let the constraint decide
        export = Export.objects.create(
            user=actor, created_at=at, next_attempt_at=at + TIME_FOR_THE_EVENT
        )
    audit.note(actor, Action.EXPORT_REQUESTED, access_to(export))
    events.emit(ExportAsked(user_id=actor.pk, export_id=export.pk))
    return export


def access_to(export: Export, basis: Basis = Basis.OWN) -> Access:
    """The ledger's words for an export."""
    patient_id = export.user.patient_profile.pk
    return Access(patient_id, "export", [export.pk], basis=basis)


def list_exports(reader: User, cursor: Cursor | None, size: int) -> Page[Export]:
    """One page of the exports that somebody has asked for.

    :param size: how many at the most.
    """
    return page_of(Export.objects.visible_to(reader), "created_at", cursor, size)


def find_export(
    *, actor: User, export_id: UUID, action: Action = Action.EXPORT_READ
) -> Export:
    """Fetch one export.

    :param action: what is to be done, for the ledger if it is refused.
    :raises NotFound: no such export, or not the actor's.
    """
    mine = Export.objects.visible_to(actor).select_related("user__patient_profile")
    export = mine.filter(pk=export_id).first()
    if export is None:
        note_denied(actor, action, export_id)
        raise NotFound
    return export


def note_denied(actor: User, action: Action, export_id: UUID) -> None:
    """Enter an attempt on an export that is not the actor's, or not there."""
    found = Export.objects.filter(pk=export_id).values("user__patient_profile").first()
    audit.note_denied(
        actor,
        action,
        object_kind="export",
        object_id=export_id,
        patient_id=found["user__patient_profile"] if found else None,
    )


def find_ready_export(*, actor: User, export_id: UUID, at: datetime) -> Export:
    """Fetch an export that can be downloaded.

    :raises NotFound: no such export, or not the actor's.
    :raises ExportNotReady: it is still prepared, has failed, or is deleted.
    """
    export = find_export(
        actor=actor, export_id=export_id, action=Action.EXPORT_DOWNLOADED
    )
    percent = progress.percent_of(export.pk)
    status = export.state(at, in_progress=percent is not None)
    if status != ExportStatus.READY:
        raise ExportNotReady(
            _("See `present` for the state of the export."), present=status
        )
    return export


def begin_download(*, actor: User, export: Export) -> Iterator[bytes]:
    """Enter that somebody takes all of their data along, and give its bytes."""
    audit.note(actor, Action.EXPORT_DOWNLOADED, access_to(export))
    return pieces_of(export)


def pieces_of(export: Export) -> Iterator[bytes]:
    """Read one piece after the other, each with a statement of its own.

    No transaction and no cursor stays open for as long as a slow reader takes.

    :raises DoesNotExist: its time has run out meanwhile, and the bytes are gone.
    """
    assert export.size is not None
    number, left = 0, export.size
    while left > 0:
        data = ExportPiece.objects.get(export=export, number=number).data
        yield bytes(data)
        number, left = number + 1, left - len(data)
