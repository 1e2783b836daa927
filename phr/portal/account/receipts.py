"""What the receipt of an erasure calls what is gone."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, str | Promise] = {
    "comments": _("Comments"),
    "email_addresses": _("E-mail addresses"),
    "emergency_accesses": _("Emergency accesses"),
    "exports": _("Exports"),
    "grants": _("Accesses of doctors"),
    "grants_ended": _("Accesses that were ended"),
    "ledger_lines_redacted": _("Lines of access logs that lost the name"),
    "mails": _("Mails"),
    "notifications": _("Notifications"),
    "notifications_of_others": _("Notifications that others had of it"),
    "records": _("Health records"),
    "second_factors": _("Second factors"),
    "sessions": _("Sign-ins"),
    "versions": _("Earlier versions of records and comments"),
}


def counts_in_words(counts: Mapping[str, int]) -> Iterator[tuple[str | Promise, int]]:
    """How much of what is gone; a kind of another release stays as it is stored."""
    for kind, count in counts.items():
        yield KINDS.get(kind, kind), count
