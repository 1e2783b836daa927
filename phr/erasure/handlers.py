"""Who is told of erasures: whose account it is."""

from django.utils.translation import gettext_lazy as _

from phr.erasure.events import ErasureAsked, ErasureCancelled
from phr.notifications.account_handlers import announce
from phr.notifications.security_notices import CHANGE, SecurityNotice, sentences

announce(
    ErasureAsked,
    SecurityNotice(
        _("Your account will be erased"),
        _(
            "The erasure of your account was requested. You can cancel it "
            "until it begins. If it was not you, cancel it, change your "
            "password and contact the administrators of this server."
        ),
    ),
)
announce(
    ErasureCancelled,
    SecurityNotice(
        _("Your account will not be erased"),
        sentences(_("The erasure of your account was cancelled."), CHANGE),
    ),
)
