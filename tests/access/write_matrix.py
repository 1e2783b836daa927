"""Writes docs/access-matrix.md: `python -m tests.access.write_matrix`."""

from pathlib import Path

from tests.access.matrix import PEOPLE, ROWS, Row
from tests.access.staff_actions import STAFF_ACTIONS as ACTIONS
from tests.access.staff_actions import StaffAction

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"
INTRODUCTION = """\
# Access matrix

Generated from `tests/access/matrix.py` by `python -m tests.access.write_matrix`; do not
edit this file. The tests check every cell, and fail for an address that has no row.

Everything is seen from one record of one patient. 404: for these people it does not
exist; the response is the same as for an unknown id. 403: they may see it, but may not
do this with it. 401: there is no valid token. `CARE_CONSENT` is `not-required` here;
`tests/care/` has the table of assigning for both settings. `EMERGENCY_ACCESS` is `on`;
while it is `off`, its whole row is 403.

"""


STAFF = """\
## What staff do

Each action needs one right, a Django permission, which its service checks in the API
and in the admin site. Superusers have all of them, and grant them in the admin site.
`tests/access/test_staff_rights.py` tries each action in both faces, with all other
rights and with only this one.
"""
OF_STAFF = ["Action", "Right", "API", "Admin site"]


def document() -> str:
    """The whole document as Markdown."""
    legend = [f"- **{who}**: {what}" for who, what in PEOPLE.items()]
    head = ["Request", *PEOPLE]
    rule = ["---"] * len(head)
    table = [line(cells) for cells in (head, rule, *map(cells_of, ROWS))]
    rights = [
        line(cells) for cells in (OF_STAFF, ["---"] * 4, *map(of_action, ACTIONS))
    ]
    return INTRODUCTION + "\n".join([*legend, "", *table, "", STAFF, *rights]) + "\n"


def of_action(action: StaffAction) -> list[str]:
    faces = ["yes" if face else "" for face in (action.api, action.admin)]
    return [action.name, f"`{action.right}`", *faces]


def cells_of(row: Row) -> list[str]:
    request = f"{row.method} `{row.path}`" + (f", {row.case}" if row.case else "")
    return [request, *(str(row.statuses[who]) for who in PEOPLE)]


def line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
