"""Every cell of the table, and that the table is whole."""

from typing import Any

import pytest

from phr.core.ids import uuid7
from tests.access.matrix import PEOPLE, ROWS, Row
from tests.access.scene import PRIVATE_SECRET, SECRET
from tests.access.sending import send
from tests.access.write_matrix import DOCUMENT, document
from tests.cases import try_each, undone
from tests.rows import all_rows

HIDING = [row for row in ROWS if "_id}" in row.path and 404 in row.statuses.values()]
READERS = {SECRET: {"alice", "dr_bob", "dr_jo"}, PRIVATE_SECRET: {"dr_bob", "dr_jo"}}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_person_gets_the_answer_of_the_table(scene, client_for, row):
    clients = {who: client_for(who, row) for who in PEOPLE}
    before = all_rows()

    def ask(who: str) -> None:
        response = send(clients[who], row, scene)

        assert response.status_code == row.statuses[who], response.content
        body = response.getvalue().decode()  # what is streamed has no content
        shown = {word for word in READERS if word in body}
        assert all(who in READERS[word] for word in shown)
        if response.status_code >= 300:
            assert not shown
            if not is_done(row, response):
                assert all_rows() == before

    try_each(PEOPLE, ask, undone)


def is_done(row: Row, response: Any) -> bool:
    """Whether a form has had its effect: then one is led to where it is shown."""
    led_to = response.headers.get("Location", "")
    return row.form and bool(led_to) and not led_to.startswith("/sign-in/?next=")


@pytest.mark.parametrize("row", HIDING, ids=lambda row: row.name)
def test_what_one_may_not_see_reads_like_what_is_not_there(scene, client_for, row):
    nothing = {name: str(uuid7()) for name in scene if name.endswith("_id")}
    strangers = [who for who in PEOPLE if row.statuses[who] == 404]
    clients = {who: client_for(who, row) for who in strangers}

    def compare(who: str) -> None:
        hidden = send(clients[who], row, scene)
        missing = send(clients[who], row, scene | nothing)

        assert without_instance(hidden) == without_instance(missing)
        assert set(hidden.headers) == set(missing.headers)

    try_each(strangers, compare, undone)


def without_instance(response: Any) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert {"instance", "request_id"} <= body.keys()
    return {name: body[name] for name in body.keys() - {"instance", "request_id"}}


@pytest.mark.parametrize(
    "path", ["", "{record_id}/", "{record_id}/comments/", "{record_id}/history/"]
)
def test_who_may_read_the_record_does_find_it_there(scene, api, path):
    url = "/api/health-records/" + path.format_map(scene)

    for who in ("alice", "dr_bob", "dr_jo"):
        assert SECRET in api(who).get(url).content.decode()
    assert PRIVATE_SECRET in api("dr_bob").get(url).content.decode()


def test_the_committed_document_says_what_the_table_says():
    assert DOCUMENT.read_text(encoding="utf-8") == document()
