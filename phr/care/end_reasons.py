"""Why access was ended, where the server says it; elsewhere people have written it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.care.models import CareGrant

NOT_JUSTIFIED = "Staff found this access not justified."
ACCOUNT_CLOSED = "The doctor's account was closed."
# They are stored in English, and read in each reader's language.
OF_THE_SERVER: dict[str, str | Promise] = {
    NOT_JUSTIFIED: _("Staff found this access not justified."),
    ACCOUNT_CLOSED: _("The doctor's account was closed."),
}


def end_reason_in_words(grant: CareGrant) -> str:
    return str(OF_THE_SERVER.get(grant.end_reason, grant.end_reason))
