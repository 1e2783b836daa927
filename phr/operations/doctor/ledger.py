"""The ledger's seals: up to date, and the last ones verify."""

from collections.abc import Iterator

from django.utils import timezone

from phr.audit.latest_seal import noted_seal
from phr.audit.models import LedgerSeal
from phr.audit.seals import BEFORE_ALL, lines_after, newest_seal
from phr.audit.verification import (
    SEALS_PER_PAGE,
    START,
    Page,
    Place,
    place_of,
    verify,
    verify_page,
)
from phr.operations.findings import Finding, Part

PART = Part("ledger")
LATE = 5 * 60  # seconds; beat has it sealed every minute


def examine(*, whole: bool) -> Iterator[Finding]:
    """:param whole: verify all seals, which takes minutes, and not only the last."""
    yield from of_age()
    noted = noted_seal()  # before the first seal is read
    noted_seals = [noted] if noted else []
    seals, page = 0, None
    for page in (
        verify(noted_seals) if whole else [verify_page(last_place(), noted_seals)]
    ):
        seals += page.seals
    yield of_last(page, seals)


def of_last(page: Page | None, seals: int) -> Finding:
    if page is not None and page.fault is not None:
        return PART.error(
            f"BROKEN at seal {page.fault.seal}: {page.fault.kind.label}.",
            "Keep the database as it is, run `manage.py verify_ledger`, and find out "
            "who could write to it.",
        )
    return PART.ok(f"The last {seals} seals verify.")


def of_age() -> Iterator[Finding]:
    newest = newest_seal()
    waiting = lines_after(newest.last_position if newest else BEFORE_ALL)
    since = waiting.values_list("at", flat=True).first()
    seconds = (timezone.now() - since).total_seconds() if since else 0.0
    if seconds > LATE:
        yield PART.error(
            f"Lines have waited for a seal for {seconds / 60:.0f} minutes.",
            "See the findings about beat and workers (the queue sealing), and "
            "ledger_not_sealed in the log. `manage.py seal_ledger` seals now.",
        )
    else:
        yield PART.ok("Seals are up to date.")


def last_place() -> Place:
    """Where the last page of seals begins."""
    last = LedgerSeal.objects.order_by("-number").defer("entries")
    before = last[SEALS_PER_PAGE - 1 : SEALS_PER_PAGE].first()
    return place_of(before) if before else START
