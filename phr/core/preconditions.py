"""Changes on the condition that nobody else has changed the same thing meanwhile.

A stamp is a short text that changes with every change of a row: its version, or the
time of its last change. Whoever sends back the one that they have read undoes nothing
that they have not seen. The check is made under the row's lock: of two with the same
stamp one wins.
"""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from phr.core.errors import Conflict
from phr.core.models import BaseModel


class ChangedMeanwhile(Conflict):
    """:param present: the stamp of what is there now."""

    code = "changed_meanwhile"
    title = _("This has been changed meanwhile")
    advice = _("Read it again, and make your change to what it says now.")


def last_change(*rows: BaseModel) -> str:
    """The stamp of rows without versions: when one of them was changed last."""
    return max(row.updated_at for row in rows).isoformat()


def refuse_stale(expected: Collection[str] | None, stamp: str) -> None:
    """See that a row is still as it was read.

    :param expected: stamps, one of which it must have; None for whichever it has.
    :raises ChangedMeanwhile: it has another one.
    """
    if expected is not None and stamp not in expected:
        raise ChangedMeanwhile(present=stamp)
