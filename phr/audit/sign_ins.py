"""When somebody signed in, as the ledger tells."""

from datetime import datetime

from phr.accounts.models import User
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Outcome


def previous_sign_in(user: User) -> datetime | None:
    """When somebody signed in before the last time; None if there was but one."""
    mine = AccessEntry.objects.filter(
        actor_id=user.pk, action=Action.SIGNED_IN, outcome=Outcome.ALLOWED
    )
    times = mine.order_by("-at", "-id").values_list("at", flat=True)
    return next(iter(times[1:2]), None)
