"""What every account loses when it is closed, whatever its role."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from phr.accounts.browser_sessions import end_in_browser
from phr.accounts.models import Mail, User
from phr.accounts.sessions import end_all_sessions


def end_sessions(user: User, at: datetime) -> Counter[str]:
    """Sign somebody out everywhere; of browser sessions nothing is left.

    Nor of those that have ended: their rows say from where somebody was signed in.
    """
    end_all_sessions(user=user, at=at)
    in_browsers = UserSession.objects.filter(user=user)
    end_in_browser(in_browsers)
    return Counter(sessions=count_removed(in_browsers))


def remove_ways_in(user: User) -> Counter[str]:
    """Remove second factors, e-mail addresses, and the mails that went there."""
    return Counter(
        second_factors=count_removed(Authenticator.objects.filter(user=user)),
        email_addresses=count_removed(EmailAddress.objects.filter(user=user)),
        mails=count_removed(Mail.objects.filter(user=user)),
    )


def count_removed(rows: "QuerySet[Any]") -> int:
    """Remove rows, and say how many of their own table that were."""
    _, by_table = rows.delete()
    return by_table.get(rows.model._meta.label, 0)


def forget_in_journal(ids: Iterable[UUID]) -> None:
    """Take names out of the admin site's journal, which names what staff have changed.

    That somebody of staff has changed something stays.
    """
    about = LogEntry.objects.filter(object_id__in=[str(one) for one in ids])
    about.exclude(object_repr="").update(object_repr="")
