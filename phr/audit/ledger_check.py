"""Checking the ledger for somebody who asks: page by page, and not too often."""

from datetime import timedelta

from phr.accounts.models import User
from phr.audit.latest_seal import noted_seal
from phr.audit.models import LedgerSeal
from phr.audit.verification import Page, Place, verify_page
from phr.core.rate_limits import Limit

VERIFICATIONS = Limit("ledger:verify", 120, timedelta(minutes=1))


def check_ledger_page(*, actor: User, start: Place) -> Page:
    """Check the next page of seals, and the lines under them.

    :param actor: anybody; the page tells nothing of what is in the lines.
    :param start: a place that an earlier page named, or `START`.
    :raises TooMany: the actor has checked too many pages in the last minute.
    """
    VERIFICATIONS.take(str(actor.pk))
    return next_page(start)


def next_page(start: Place) -> Page:
    """Check the next page, and that the seal which is known to be the last is there."""
    head = noted_seal()  # before the seals are read
    return verify_page(start, [head] if head else [])


def newest_seal_number() -> int:
    """How many seals there are, which are numbered from one; 0 if there is none."""
    numbers = LedgerSeal.objects.order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0
