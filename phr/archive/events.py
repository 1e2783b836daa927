"""What happens to exports and imports."""

from dataclasses import dataclass
from uuid import UUID

from phr.accounts.events import AccountEvent
from phr.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ExportEvent(AccountEvent):
    """About one export of an account."""

    export_id: UUID


class ExportAsked(ExportEvent):
    """Somebody wants their data as an archive; the user is told."""

    kind = "archive.export_asked"


class ExportReady(ExportEvent):
    """An archive can be downloaded; the user is told."""

    kind = "archive.export_ready"


class NotificationImported(Event):
    """A line of an inbox came with an archive: stored as delivered, told to nobody."""

    kind = "archive.notification_imported"
    is_heard = False
