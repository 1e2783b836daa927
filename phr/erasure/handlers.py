"""Who is told of erasures: whose account it is."""

from phr.erasure.events import ErasureAsked, ErasureCancelled
from phr.notifications.account_handlers import announce
from phr.notifications.security_notices import CHANGE, TELL, SecurityNotice

announce(
    ErasureAsked,
    SecurityNotice(
        "Your account will be erased",
        "The erasure of your account was requested. You can cancel it until it begins. "
        f"If it was not you, cancel it, change your password and {TELL}",
    ),
)
announce(
    ErasureCancelled,
    SecurityNotice(
        "Your account will not be erased",
        f"The erasure of your account was cancelled. {CHANGE}",
    ),
)
