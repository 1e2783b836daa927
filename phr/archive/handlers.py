"""A requested export is put into the workers' queue, and its user is told of it."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.archive.events import ExportAsked, ExportReady
from phr.archive.tasks import prepare_export
from phr.core.events import Delivery, subscribe
from phr.notifications.account_handlers import announce
from phr.notifications.security_notices import CHANGE, SecurityNotice, sentences

announce(
    ExportAsked,
    SecurityNotice(
        _("An export of your data was requested"),
        sentences(_("We are preparing a copy of your account's data."), CHANGE),
    ),
)
announce(
    ExportReady,
    SecurityNotice(
        _("The export of your data is ready"),
        sentences(
            _(
                "A copy of your account's data is ready. Sign in and download it "
                "within 24 hours; after that it is deleted."
            ),
            CHANGE,
        ),
    ),
)


@subscribe(ExportAsked)
def queue_exports(deliveries: Sequence[Delivery[ExportAsked]]) -> None:
    """Have workers prepare the exports now.

    What the broker does not take, `look_after_exports` finds in its row.
    """
    ids = [str(each.event.export_id) for each in deliveries]

    def ask_for_them() -> None:
        for export_id in ids:
            prepare_export.delay(export_id=export_id)

    transaction.on_commit(ask_for_them, robust=True)
