"""The account: who somebody is, and how they sign in, without any secret."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from phr.accounts.models import LoginSession, User
from phr.archive.contents.preferences import preferences_of
from phr.care.models import PatientProfile

Shape = dict[str, Any]

USER = (
    *("id", "username", "email", "first_name", "last_name", "user_type"),
    *("phone_number", "date_of_birth", "is_active", "last_login"),
    *("created_at", "updated_at"),
)
PATIENT = (
    *("id", "emergency_contact", "blood_type", "allergies"),
    *("created_at", "updated_at"),
)
SESSION = (
    *("id", "created_at", "last_used_at", "address", "user_agent"),
    *("second_factor", "proved_at", "revoked_at"),
)
EMAIL = ("email", "verified", "primary")
FACTOR = ("type", "created_at", "last_used_at")
BROWSER = ("created_at", "last_seen_at", "ip", "user_agent")


def account_part(user: User) -> Shape:
    return {
        "part": "account",
        "user": values_of(user, USER),
        "patient": values_of(user.patient_profile, PATIENT),
        "email_addresses": rows(EmailAddress, user, EMAIL, "email"),
        "second_factors": rows(Authenticator, user, FACTOR, "created_at"),
        "login_sessions": rows(LoginSession, user, SESSION, "created_at"),
        "browser_sessions": rows(UserSession, user, BROWSER, "created_at"),
        "notification_preferences": preferences_of(user),
    }


def values_of(row: User | PatientProfile, names: tuple[str, ...]) -> Shape:
    return {name: getattr(row, name) for name in names}


def rows(model: Any, user: User, names: tuple[str, ...], order: str) -> list[Shape]:
    return list(model.objects.filter(user=user).order_by(order, "pk").values(*names))
