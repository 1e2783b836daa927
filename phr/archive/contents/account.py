"""The account: who somebody is, and how they sign in, without any secret."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from phr.accounts.models import LoginSession, User
from phr.archive.formats import newest
from phr.care.models import PatientProfile
from phr.notifications.models import NotificationPreference

Shape = dict[str, Any]

USER = newest.User.names()
PATIENT = newest.Patient.names()
SESSION = newest.LoginSession.names()
EMAIL = newest.EmailAddress.names()
FACTOR = newest.SecondFactor.names()
BROWSER = newest.BrowserSession.names()
PREFERENCE = newest.NotificationPreference.names()


def account_part(user: User, database: str) -> Shape:
    """:param database: the alias of the one that is read."""

    def rows(model: Any, names: tuple[str, ...], *order: str) -> list[Shape]:
        own = model.objects.using(database).filter(user=user)
        return list(own.order_by(*order, "pk").values(*names))

    return {
        "part": "account",
        "user": values_of(user, USER),
        "patient": values_of(user.patient_profile, PATIENT),
        "email_addresses": rows(EmailAddress, EMAIL, "email"),
        "second_factors": rows(Authenticator, FACTOR, "created_at"),
        "login_sessions": rows(LoginSession, SESSION, "created_at"),
        "browser_sessions": rows(UserSession, BROWSER, "created_at"),
        "notification_preferences": rows(
            NotificationPreference, PREFERENCE, "notification_type", "channel"
        ),
    }


def values_of(row: User | PatientProfile, names: tuple[str, ...]) -> Shape:
    return {name: getattr(row, name) for name in names}
