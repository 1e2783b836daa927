"""The access log as one file."""

from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from phr.audit import access_log
from phr.audit.models import AccessEntry, Outcome
from phr.core.ids import uuid7
from phr.core.spreadsheets import harmless
from tests.audit.conftest import from_there, line, lines
from tests.audit.tables import flat, table
from tests.cases import for_each, undone
from tests.factories import MONDAY, AccessEntryFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

LOG, DOWNLOAD = "/api/access-log/", "/api/access-log/csv/"
OPENED = "health_records.record_opened"


def go_away(response: Any) -> None:
    """End an answer as the server does when its client has gone away."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def test_the_file_says_what_the_list_says(api, alice, dr_bob, alices_record):
    record = f"/api/health-records/{alices_record.pk}/"
    from_there(api("dr_bob")).get(record)
    api("dr_bob").post(f"{record}comments/", {"comment": "Rest."}, format="json")
    login = {"username": "alice", "password": "wrong"}
    from_there(api("nobody")).post("/api/auth/login/", login)
    AccessEntryFactory(patient_id=alice.pk, object_ids=[uuid7(), uuid7()], count=2)
    client = api("alice")

    rows = table(client.get(DOWNLOAD))

    shown = client.get(LOG).json()["results"]
    assert len(shown) == 5
    assert rows == [flat(one) for one in shown]


@pytest.mark.parametrize("who", ["carol", "dr_dan", "sam"])
def test_others_get_nothing_of_hers(api, alice, alices_record, dr_dan, who):
    AccessEntryFactory(patient_id=alice.pk, actor_name="Bob Stone")
    client = api(who)

    response = client.get(DOWNLOAD)

    assert [row["action"] for row in table(response)] == (
        [] if who == "sam" else ["audit.log_downloaded"]
    )
    assert "Bob Stone" not in response.getvalue().decode()


def test_a_file_of_a_doctor_does_not_tell_whose_a_refused_record_is(
    api, alice, dr_dan, alices_record
):
    client = api("dr_dan")
    client.get(f"/api/health-records/{alices_record.pk}/")

    response = client.get(DOWNLOAD)

    assert table(response)[1]["outcome"] == "REFUSED"
    assert str(alice.pk) not in response.getvalue().decode()
    assert len(table(client.get(DOWNLOAD, {"patient": alice.pk}))) == 0


def test_the_download_is_entered_before_its_first_byte(api, alice):
    client = from_there(api("alice"))

    response = client.get(DOWNLOAD)

    entered = line(
        alice,
        "audit.log_downloaded",
        object_kind="ledger",
        object_ids=[],
        patient_id=alice.pk,
    )
    assert lines() == [entered]  # nothing of the file has been read yet
    assert [row["action"] for row in table(response)] == ["audit.log_downloaded"]
    assert lines() == [entered]


def test_a_doctors_download_is_entered_without_a_patient(api, dr_bob):
    table(from_there(api("dr_bob")).get(DOWNLOAD))

    assert lines() == [
        line(
            dr_bob,
            "audit.log_downloaded",
            object_kind="ledger",
            object_ids=[],
            patient_id=None,
        )
    ]


def test_the_answer_is_a_file_that_no_cache_keeps(api, alice):
    response = api("alice").get(DOWNLOAD)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="access-log.csv"'
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.streaming
    go_away(response)


def test_asking_for_the_head_alone_takes_nothing_along(api, alice):
    AccessEntryFactory(patient_id=alice.pk)
    client = api("alice")

    with nothing_written():
        response = client.head(DOWNLOAD)
        wrong = client.head(DOWNLOAD, {"outcome": "MAYBE"})

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.getvalue() == b""
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('=HYPERLINK("https://evil.example")', '\'=HYPERLINK("https://evil.example")'),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(1,1)", "'@SUM(1,1)"),
        ("\t=1+1", "'\t'=1+1"),
        ("\r=1+1", "'\r'=1+1"),
        ("\n=1+1", "'\n'=1+1"),
        ("\tin a cell of its own", "'\tin a cell of its own"),
        ("\rin a cell of its own", "'\rin a cell of its own"),
        ("  =1+1", "  '=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\u22121+1", "'\u22121+1"),
        ("=-1", "'=-1"),
        ("\u200b=1+1", "\u200b'=1+1"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_text(api, alice, text, shown):
    AccessEntryFactory(patient_id=alice.pk, actor_name=text, user_agent=text)

    row = table(api("alice").get(DOWNLOAD, {"action": OPENED}))[0]

    assert (row["actor_name"], row["origin_user_agent"]) == (shown, shown)


SEPARATORS = [*";,|\t\n\r :/", "\r\n", "\uff1b", "\uff0c", "\uff5c", "\u3000", "\u2028"]
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212"


@for_each("separator", SEPARATORS)
@for_each("between", ["", " ", '"', '""', ' " ', "\u00a0"], undone)
def test_no_cell_begins_with_a_formula_whatever_separates(
    api, alice, separator, between
):
    """As a spreadsheet reads the file that takes something else for a separator."""
    texts = [f"Bob{separator}{between}{sign}1+1{separator}" for sign in SIGNS]
    for text in texts:
        AccessEntryFactory(patient_id=alice.pk, actor_name=text, user_agent=text)

    file = api("alice").get(DOWNLOAD, {"action": OPENED}).getvalue().decode()

    assert file.count("'") == 2 * len(texts)
    for line_of_file in file.splitlines():
        for cell in line_of_file.split(separator):
            assert not cell.strip(' "\u00a0').startswith(tuple(SIGNS))


@pytest.mark.parametrize(
    "text",
    [
        *("O'Neil", "Ann-Marie", "a=b", "1+1", "", "'", "ada@example.org"),
        "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
    ],
)
def test_other_cells_stay_as_they_are(text):
    assert harmless(text) == text


def test_quotes_commas_and_line_breaks_make_no_new_cells(api, alice):
    name, agent = 'Bob "the\r\nStone", M.D.', 'x",REFUSED\r\n=1+1,\u00e9\u4e16'
    AccessEntryFactory(patient_id=alice.pk, actor_name=name, user_agent=agent)

    rows = table(api("alice").get(DOWNLOAD, {"action": OPENED}))

    assert [(row["actor_name"], row["origin_user_agent"]) for row in rows] == [
        (name, agent.replace("=", "'="))
    ]
    assert rows[0]["outcome"] == "ALLOWED"


def test_the_filters_of_the_list_are_those_of_the_file(api, alice, dr_bob):
    wanted = AccessEntryFactory(
        patient_id=alice.pk,
        actor_id=dr_bob.user_id,
        outcome=Outcome.REFUSED,
        at=MONDAY,
    )
    for other in ({"at": MONDAY, "actor_id": dr_bob.user_id}, {"at": MONDAY}):
        AccessEntryFactory(patient_id=alice.pk, **other)
    query = {"actor": dr_bob.user_id, "outcome": "REFUSED", "before": "2026-03-02"}

    rows = table(api("alice").get(DOWNLOAD, query))

    assert [row["id"] for row in rows] == [str(wanted.pk)]


def test_a_bad_filter_is_a_problem_and_no_download(api, alice):
    AccessEntryFactory(patient_id=alice.pk)
    client = api("alice")

    with nothing_written():
        response = client.get(DOWNLOAD, {"outcome": "MAYBE", "after": "then"})

    assert faults_of(response) == {("outcome", "invalid_choice"), ("after", "invalid")}


def test_nobody_downloads_nothing(api, alice):
    with nothing_written():
        response = api("nobody").get(DOWNLOAD)

    problem_of(response, 401, "not_authenticated")


def test_after_ten_downloads_one_has_to_wait(api, alice, carol):
    client = api("alice")
    for _ in range(10):
        table(client.get(DOWNLOAD))

    with nothing_written():
        refused = client.get(DOWNLOAD)

    problem_of(refused, 429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert client.get(LOG).status_code == 200
    assert len(table(api("carol").get(DOWNLOAD))) == 1


@pytest.mark.parametrize(("count", "statements"), [(0, 1), (8, 3), (9, 4)])
def test_lines_are_read_in_batches_and_each_once(
    api, alice, monkeypatch, count, statements
):
    monkeypatch.setattr(access_log, "LINES_AT_ONCE", 3)
    made = AccessEntryFactory.create_batch(count, patient_id=alice.pk, at=MONDAY)
    client = api("alice")
    response = client.get(DOWNLOAD, {"action": OPENED})

    with CaptureQueriesContext(connection) as queries:
        rows = table(response)

    wanted = sorted((str(entry.pk) for entry in made), reverse=True)
    assert [row["id"] for row in rows] == wanted
    assert len(queries) == statements
    assert all("LIMIT 3" in query["sql"] for query in queries)


def test_what_is_added_during_a_download_is_not_in_it(api, alice, monkeypatch):
    monkeypatch.setattr(access_log, "LINES_AT_ONCE", 2)
    AccessEntryFactory.create_batch(5, patient_id=alice.pk, at=MONDAY)
    response = api("alice").get(DOWNLOAD, {"action": OPENED})
    chunks = iter(response)

    sent = [next(chunks), next(chunks)]
    AccessEntryFactory(patient_id=alice.pk)
    sent += chunks

    assert b"".join(sent).count(OPENED.encode()) == 5
    assert AccessEntry.objects.filter(action=OPENED).count() == 6


def test_the_file_leaves_in_chunks_of_a_batch(api, alice, monkeypatch):
    monkeypatch.setattr(access_log, "LINES_AT_ONCE", 2)
    AccessEntryFactory.create_batch(5, patient_id=alice.pk)

    response = api("alice").get(DOWNLOAD, {"action": OPENED})

    counts = [chunk.count(b"\r\n") for chunk in response]
    assert counts == [1, 2, 2, 1]
