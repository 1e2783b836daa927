"""Check the ledger against its seals: all of it, or what came after a noted seal."""

import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from phr.audit import signing_keys
from phr.audit.latest_seal import NotedSeal, noted_seal
from phr.audit.models import LedgerSeal
from phr.audit.verification import (
    MOST_UNSEALED,
    Fault,
    Page,
    verify,
    verify_since,
)

PAGES_BETWEEN_REPORTS = 10


def read_head(text: str) -> NotedSeal:
    """:raises ArgumentTypeError: it is not a number, a colon and a hash."""
    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
        raise ArgumentTypeError("expected NUMBER:HASH, as printed by verify_ledger")
    return NotedSeal.from_text(text)


def add_heads(parser: CommandParser) -> None:
    parser.add_argument(
        "--head",
        type=read_head,
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="an earlier seal, as printed by verify_ledger or in the log",
    )


class Command(BaseCommand):
    help = (
        "Check every line of the ledger against its seal, and every seal against the "
        "previous one. Print the first mismatch, and exit with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_heads(parser)
        parser.add_argument(
            "--since",
            type=read_head,
            metavar="NUMBER:HASH",
            help="check what came after this seal, up to which all was checked before",
        )

    def handle(
        self,
        *args: Any,
        head: list[NotedSeal],
        since: NotedSeal | None,
        **options: Any,
    ) -> None:
        """:raises CommandError: a head lies before what is to be checked."""
        if since and any(one.number < since.number for one in head):
            raise CommandError("--head is of a seal before that of --since.")
        kept = noted_seal()  # before the first seal is read
        noted = [*head, kept] if kept else head
        last = self.tell_what_was_found(
            verify_since(since, noted) if since else verify(noted)
        )
        if since:
            self.say(f"What lies before seal {since.number} was not checked.")
        self.tell_the_end(last)

    def tell_what_was_found(self, pages: Iterator[Page]) -> Page:
        """:returns: the last page."""
        newest: LedgerSeal | None = None
        seals = entries = redacted = 0
        for number, page in enumerate(pages, 1):
            seals, entries = seals + page.seals, entries + page.entries
            redacted += page.redacted
            newest = page.newest or newest
            if number % PAGES_BETWEEN_REPORTS == 0:
                self.stderr.write(f"  {seals} seals, {entries} lines")
        self.say(f"Valid seals: {seals}, covering lines: {entries}.")
        if redacted:
            self.say(
                "Lines whose names were removed since, with a valid signature: "
                f"{redacted}."
            )
        self.tell_what_to_note(newest)
        return page

    def tell_what_to_note(self, newest: LedgerSeal | None) -> None:
        self.say(f"Public key: {signing_keys.public_key().hex()}")
        if newest is not None:
            self.say(f"Head: {NotedSeal.of(newest)}")

    def tell_the_end(self, last: Page) -> None:
        if last.fault is not None:
            self.say(f"BROKEN: {sentence(last.fault)}")
            sys.exit(1)
        more = " or more" if last.unsealed == MOST_UNSEALED else ""
        self.say(f"Not sealed yet: {last.unsealed}{more}.")
        self.say("The ledger is intact.")

    def say(self, text: str) -> None:
        self.stdout.write(text)


def sentence(fault: Fault) -> str:
    where = f"seal {fault.seal}"
    if fault.position is not None:
        where += f", position {fault.position}, entry {fault.entry_id}"
    return f"{fault.kind}: {fault.kind.label} ({where})."
