"""Seal the ledger now, without waiting for beat."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from phr.audit.models import LedgerSeal
from phr.audit.seals import PATIENCE, seal_ledger

SEALS_BETWEEN_REPORTS = 400


class Command(BaseCommand):
    help = "Seal all lines of the ledger that have no seal yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=PATIENCE.total_seconds(),
            metavar="SECONDS",
            help="to wait for open transactions to end (default: %(default)s)",
        )

    def handle(self, *args: Any, wait: float, **options: Any) -> None:
        sealed = seal_ledger(
            at=timezone.now(), patience=timedelta(seconds=wait), tell=self.report
        )
        self.stdout.write(f"Sealed: {sealed} lines.\n")

    def report(self, seal: LedgerSeal) -> None:
        if seal.number % SEALS_BETWEEN_REPORTS == 0:
            self.stderr.write(f"  seal {seal.number}, position {seal.last_position}")
