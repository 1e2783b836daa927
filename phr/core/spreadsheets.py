"""Tables for spreadsheets (RFC 4180), without what these would run as a formula."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

# With these a formula begins; those after the first four are what some take for them.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
# Within a word they are no such sign. Behind anything else a cell may begin: what
# separates cells is for whoever opens the file to choose, and often a semicolon.
BEGINS_FORMULA = re.compile(rf"(?<![\w'{SIGNS}])(?=[{SIGNS}])")
BEGINS_CELL_ANEW = ("\t", "\r", "\n")


def rows_of(rows: Iterable[Iterable[str]]) -> str:
    page = StringIO(newline="")
    csv.writer(page).writerows(rows)
    return page.getvalue()


def harmless(text: str) -> str:
    """Make text of what a spreadsheet would run (OWASP, CSV Injection)."""
    quoted = BEGINS_FORMULA.sub("'", text)
    return f"'{quoted}" if quoted.startswith(BEGINS_CELL_ANEW) else quoted
