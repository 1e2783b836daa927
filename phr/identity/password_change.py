"""Changing one's own password, by the present one."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from phr.accounts.events import PasswordChanged
from phr.accounts.models import User
from phr.accounts.passwords import WrongPassword, check_new_password, set_password
from phr.accounts.presence import Presence
from phr.accounts.sessions import end_all_sessions
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.rate_limits import Limit
from phr.identity.reauthentication import insist_on_password

CHANGES_PER_ACCOUNT = Limit("password", 50, timedelta(days=1))


def change_password(
    session: Presence, *, current: str, password: str, at: datetime
) -> None:
    """Give somebody another password; all their other sessions end with it.

    :param session: the session that continues.
    :raises WrongPassword: `current` is not the present one.
    :raises WeakPassword: Django's validators refuse the new one.
    :raises TooMany: the present one was guessed at too often, or changed all day.
    """
    actor = session.user
    insist_on_password(actor, current, field="current_password", at=at)
    check_new_password(password, actor)
    CHANGES_PER_ACCOUNT.take(str(actor.pk))
    with transaction.atomic():
        user = User.objects.lock(actor.pk)
        if user.password != actor.password:
            raise WrongPassword(field="current_password")  # changed a moment ago
        replace_password(user, password, at=at, but=session.pk)


@transaction.atomic
def replace_password(
    user: User, password: str, *, at: datetime, but: UUID | None = None
) -> None:
    """Set a new password, which was checked; what the old one had opened ends.

    :param user: who is told of it, and has shown that they know the present one.
    :param but: the id of a session that continues.
    """
    set_password(user, password)
    end_all_sessions(user=user, at=at, but=but)
    events.emit(PasswordChanged(user_id=user.pk))
    note_account_change(user, Action.PASSWORD_CHANGED)
