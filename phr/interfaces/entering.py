"""Changes of accounts with their lines in the ledger, which apps above accounts own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from phr.accounts.models import User
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.services import Access
from phr.interfaces.signing_in import patient_id_of


@contextmanager
def entered(actor: User, action: Action) -> Iterator[None]:
    """Do something with one's own account and enter it, both or neither."""
    with transaction.atomic():
        yield
        enter(actor, action)


def enter(actor: User, action: Action) -> None:
    """Add the line about what somebody has done with their own account."""
    audit.note(actor, action, Access(patient_id_of(actor), "account", [actor.pk]))
