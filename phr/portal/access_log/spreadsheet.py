"""The access log as a table that people can read in a spreadsheet."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from phr.accounts.models import User
from phr.audit.models import AccessEntry, Outcome
from phr.core.spreadsheets import harmless, rows_of
from phr.portal.access_log.lines import (
    Named,
    counted_in_words,
    name_things,
    plain_sentence_of,
    reason_of,
    who_of,
)

BYTE_ORDER_MARK = "\ufeff"  # or spreadsheets take UTF-8 for something else


def csv_rows(reader: User, batches: Iterable[list[AccessEntry]]) -> Iterator[str]:
    """The head of the table, then the lines of one batch after the other.

    All in the language and the zone of now, whoever reads on, and when.
    """
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def in_readers_words(batch: list[AccessEntry]) -> str:
        with translation.override(language), timezone.override(zone):
            named = name_things(reader, batch)
            return rows_of(cells_of(entry, named) for entry in batch)

    return chain([BYTE_ORDER_MARK + rows_of([head()])], map(in_readers_words, batches))


def head() -> list[str]:
    return [
        _("When"),
        _("Who"),
        _("What"),
        _("Why"),
        _("Tries"),
        _("Refused"),
        _("From"),
        _("Browser"),
    ]


def cells_of(entry: AccessEntry, named: Named) -> list[str]:
    cells = (
        timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
        who_of(entry, named),
        plain_sentence_of(entry, named),
        reason_of(entry, named),
        counted_in_words(entry),
        _("Refused") if entry.outcome != Outcome.ALLOWED else "",
        entry.address or "",
        entry.user_agent,
    )
    return [harmless(cell) for cell in cells]
