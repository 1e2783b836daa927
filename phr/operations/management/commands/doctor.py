"""Examine this installation, and say what to do about each finding."""

import sys
from argparse import ArgumentTypeError
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from phr.operations.doctor import Wishes, examine
from phr.operations.findings import Finding, Level, as_json

SIGNS = {
    Level.OK: "ok",
    Level.NOTE: "note",
    Level.WARNING: "WARN",
    Level.ERROR: "ERROR",
}


def read_url(text: str) -> str:
    """:raises ArgumentTypeError: not the address of a web server."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentTypeError(
            "expected an address such as https://records.example.org"
        )
    return text


class Command(BaseCommand):
    help = (
        "Examine settings, clocks, PostgreSQL, Redis, roles, triggers, migrations, "
        "workers, beat, seals, disk and mail, and say what to do. Exit with 1 if "
        "there is an error. The output holds no secrets."
    )
    requires_system_checks = []  # their messages are findings

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--mail-to", metavar="ADDRESS", help="send a test mail")
        parser.add_argument(
            "--url",
            nargs="?",
            const=settings.PUBLIC_URL,
            type=read_url,
            help="ask the public address (PUBLIC_URL, or this one) as clients do: its "
            "certificate, and whether its proxies pass on forged headers",
        )
        parser.add_argument("--ca-file", help="certificates to trust at --url")
        parser.add_argument(
            "--patience",
            type=float,
            default=Wishes().patience,
            metavar="SECONDS",
            help="how long workers may take to answer (%(default)g)",
        )
        parser.add_argument(
            "--whole-ledger", action="store_true", help="verify all seals, not the last"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wishes = Wishes(
            mail_to=options["mail_to"],
            url=options["url"],
            certificates=options["ca_file"],
            patience=options["patience"],
            whole_ledger=options["whole_ledger"],
        )
        found = []
        for finding in examine(wishes):
            found.append(finding)
            if not options["json"]:
                self.show(finding)
        if options["json"]:
            self.stdout.write(as_json(found))
        else:
            self.show_sum(found)
        if any(finding.level is Level.ERROR for finding in found):
            sys.exit(1)

    def show(self, finding: Finding) -> None:
        line = f"{SIGNS[finding.level]:5} {finding.part:11} {finding.says}"
        self.stdout.write(self.styled(finding.level, line))
        if finding.advice:
            self.stdout.write(f"{'':18}> {finding.advice}")

    def styled(self, level: Level, line: str) -> str:
        match level:
            case Level.ERROR:
                return str(self.style.ERROR(line))
            case Level.WARNING:
                return str(self.style.WARNING(line))
        return line

    def show_sum(self, found: list[Finding]) -> None:
        count = Counter(finding.level for finding in found)
        self.stdout.write(
            f"Errors: {count[Level.ERROR]}, warnings: {count[Level.WARNING]}."
        )
