"""Every page of the portal with everybody who gets to see it, from the table of access.

A page comes here by its row in `tests/access/portal_rows.py`.
"""

from typing import NamedTuple

from tests.access.portal_rows import PORTAL
from tests.access.row import Row

# Of each role somebody for whom there is much to see, and somebody for whom there is
# little.
READERS = ("nobody", "alice", "carol", "dr_bob", "dr_dan", "sam")
# What scripts ask for, and is no page by itself.
PIECES = {"/inbox/count/", "/session/"}
# What else pages look like: by the queries of their addresses.
STATES = [
    ("nobody", "/nothing/"),
    ("alice", "/nothing/"),
    ("alice", "/records/{carols_record_id}/"),
    ("alice", "/access/all/?state=PENDING"),
    ("alice", "/access/invite/?search=dr"),
    ("alice", "/access/log/?kind=all"),
    ("alice", "/access/log/?kind=refused&person={alice_id}"),
    ("alice", "/inbox/?show=unread"),
]


class Visit(NamedTuple):
    """Somebody who opens a page.

    :param path: with names in braces, for what the scene has there.
    """

    who: str
    path: str

    def __str__(self) -> str:
        return f"{self.who} {self.path}"


def path_of(row: Row) -> str:
    """The path of a row, with what its names stand for there."""
    path = row.path
    for name, meant in row.given.items():
        path = path.replace(f"{{{name}}}", meant)
    return path


ROWS = [row for row in PORTAL if row.method == "GET" and row.path not in PIECES]
# Addresses of forms, which lead whoever opens them to the page that the form is on.
LEADING_ELSEWHERE = {row.path for row in ROWS if 200 not in row.statuses.values()}
PAGES = {
    Visit(who, path_of(row)): row.path
    for row in ROWS
    for who in READERS
    if row.statuses[who] == 200
}
VISITS = sorted({*PAGES, *(Visit(*state) for state in STATES)})
