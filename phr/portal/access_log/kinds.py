"""The kinds of lines that somebody looks for in the access log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.audit.access_log import EntryFilters
from phr.audit.actions import LOOKS, Action
from phr.audit.models import Outcome

BY_OTHERS = ""
EVERYTHING, LOOKED, WROTE, ACCESS, ACCOUNT, REFUSED = (
    *("all", "looks", "changes"),
    *("access", "account", "refused"),
)
KINDS: dict[str, str | Promise] = {
    BY_OTHERS: _("All that others did"),
    LOOKED: _("Looks"),
    WROTE: _("Records and comments"),
    ACCESS: _("Access"),
    ACCOUNT: _("Account"),
    REFUSED: _("Refused"),
    EVERYTHING: _("Everything, also what you did"),
}
WRITING = (
    *(Action.RECORD_CREATED, Action.RECORD_CHANGED, Action.RECORD_DELETED),
    *(Action.RECORD_RESTORED, Action.RECORD_PURGED, Action.COMMENT_ADDED),
    *(Action.COMMENT_CHANGED, Action.COMMENT_DELETED),
)
OF_ACCESS = (
    *(Action.DOCTOR_ASSIGNED, Action.DOCTOR_INVITED, Action.ACCESS_REQUESTED),
    *(Action.GRANT_READ, Action.GRANT_PREVIEWED, Action.GRANT_ACCEPTED),
    *(Action.GRANT_DECLINED, Action.GRANT_CHANGED, Action.GRANT_ENDED),
    *(Action.EMERGENCY_ACCESS, Action.EMERGENCY_REVIEWED, Action.ACCESS_EXPLAINED),
)
OTHERS = {*LOOKS, *WRITING, *OF_ACCESS}
OF_ACCOUNT = tuple(action for action in Action if action not in OTHERS)
ACTIONS: dict[str, tuple[str, ...]] = {
    LOOKED: LOOKS,
    WROTE: WRITING,
    ACCESS: OF_ACCESS,
    ACCOUNT: OF_ACCOUNT,
}


def filters_of(kind: str) -> EntryFilters:
    """What the log is asked for one kind of line."""
    if kind == BY_OTHERS:
        return EntryFilters(by_others=True)
    if kind == REFUSED:
        return EntryFilters(outcome=Outcome.REFUSED)
    return EntryFilters(actions=ACTIONS.get(kind))
