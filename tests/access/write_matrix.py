"""Writes docs/access-matrix.md: `python -m tests.access.write_matrix`."""

from pathlib import Path

from tests.access.matrix import PEOPLE, ROWS, Row

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"
INTRODUCTION = """\
# Access matrix

Written from `tests/access/matrix.py` by `python -m tests.access.write_matrix`; do not
edit it here. The tests run every cell, and fail for an address that has no row.

All is seen from one record of one patient. 404 means: for these people it does not
exist, and the answer reads the same as for an id of nothing. 403 means: they may see
it, but not do this with it. 401: there is no valid token. `CARE_CONSENT` is
`not-required` here; `tests/care/` has the table of assigning for both settings.
`EMERGENCY_ACCESS` is `on`; while it is `off`, all of its row is 403.

"""


def document() -> str:
    """The whole document as Markdown."""
    legend = [f"- **{who}**: {what}" for who, what in PEOPLE.items()]
    head = ["Request", *PEOPLE]
    rule = ["---"] * len(head)
    table = [line(cells) for cells in (head, rule, *map(cells_of, ROWS))]
    return INTRODUCTION + "\n".join([*legend, "", *table]) + "\n"


def cells_of(row: Row) -> list[str]:
    request = f"{row.method} `{row.path}`" + (f", {row.case}" if row.case else "")
    return [request, *(str(row.statuses[who]) for who in PEOPLE)]


def line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
