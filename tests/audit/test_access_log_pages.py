"""Finding one's way in a long access log: filters, pages, and what they cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from phr.audit.models import AccessEntry, Outcome
from phr.core.ids import uuid7
from tests.audit.asking import LOG, OPENED, ids, results
from tests.factories import MONDAY, AccessEntryFactory


def test_a_patient_asks_for_one_person(api, alice, dr_bob, dr_eve):
    bobs = AccessEntryFactory(patient_id=alice.pk, actor_id=dr_bob.user_id)
    AccessEntryFactory(patient_id=alice.pk, actor_id=dr_eve.user_id)
    AccessEntryFactory(actor_id=dr_bob.user_id)

    assert ids(api("alice"), actor=dr_bob.user_id) == [str(bobs.pk)]
    assert ids(api("alice"), actor=uuid7()) == []


def test_a_doctor_asks_for_one_patient(api, alice, carol, dr_bob):
    alices = AccessEntryFactory(patient_id=alice.pk, actor_id=dr_bob.user_id)
    AccessEntryFactory(patient_id=carol.pk, actor_id=dr_bob.user_id)
    AccessEntryFactory(patient_id=alice.pk)

    assert ids(api("dr_bob"), patient=alice.pk) == [str(alices.pk)]


def test_a_patient_who_asks_for_another_gets_nothing(api, alice, carol):
    hers = AccessEntryFactory(patient_id=alice.pk, outcome=Outcome.REFUSED)
    AccessEntryFactory(patient_id=carol.pk)

    assert ids(api("alice"), patient=alice.pk) == [str(hers.pk)]
    assert ids(api("alice"), patient=carol.pk) == []


def test_a_filter_by_action_takes_it_whole(api, alice):
    wanted = AccessEntryFactory(patient_id=alice.pk)
    AccessEntryFactory(patient_id=alice.pk, action="health_records.record_changed")
    client = api("alice")

    assert ids(client, action=OPENED) == [str(wanted.pk)]
    assert ids(client, action="health_records.record") == []


def test_a_filter_by_outcome(api, alice):
    refused = AccessEntryFactory(patient_id=alice.pk, outcome=Outcome.REFUSED)
    allowed = AccessEntryFactory(patient_id=alice.pk)
    client = api("alice")

    assert ids(client, outcome="REFUSED") == [str(refused.pk)]
    assert ids(client, outcome="ALLOWED") == [str(allowed.pk)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"after": "2026-03-02T09:00:00Z"}, [2, 1, 0]),
        ({"after": "2026-03-02T09:00:01Z"}, [2, 1]),
        ({"after": "2026-03-03"}, [2, 1]),
        ({"before": "2026-03-02"}, [0]),
        ({"before": "2026-03-03"}, [1, 0]),
        ({"after": "2026-03-03", "before": "2026-03-03"}, [1]),
        ({"after": "2026-03-04", "before": "2026-03-02"}, []),
        ({"before": "2026-03-02T10:00:00+01:00"}, [0]),
    ],
)
def test_a_filter_by_time(api, alice, query, found):
    lines = [
        AccessEntryFactory(patient_id=alice.pk, at=MONDAY + timedelta(days=n))
        for n in range(3)
    ]

    assert ids(api("alice"), **query) == [str(lines[n].pk) for n in found]


def test_no_line_is_skipped_or_shown_twice_while_lines_are_added(api, alice):
    same_time = [
        AccessEntryFactory(patient_id=alice.pk, at=MONDAY + timedelta(seconds=n // 3))
        for n in range(10)
    ]
    client = api("alice")
    url, seen = f"{LOG}?page_size=2", []

    while url:
        page = client.get(url).json()
        seen += [line["id"] for line in page["results"]]
        AccessEntryFactory(patient_id=alice.pk)
        url = page["next"]

    wanted = sorted(same_time, key=lambda line: (line.at, line.pk), reverse=True)
    assert seen == [str(line.pk) for line in wanted]


def test_the_way_back_leads_over_the_same_lines(api, alice):
    AccessEntryFactory.create_batch(5, patient_id=alice.pk, at=MONDAY)
    client = api("alice")
    first = client.get(LOG, {"page_size": 2}).json()
    second = client.get(first["next"]).json()

    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_a_filter_goes_along_with_the_pages(api, alice):
    for outcome in (Outcome.ALLOWED, Outcome.REFUSED) * 3:
        AccessEntryFactory(patient_id=alice.pk, outcome=outcome)
    client = api("alice")
    first = client.get(LOG, {"page_size": 2, "outcome": "REFUSED"}).json()

    (last,) = client.get(first["next"]).json()["results"]

    assert last["outcome"] == "REFUSED"


def test_a_cursor_of_alices_shows_carol_nothing_of_hers(api, alice, carol):
    AccessEntryFactory.create_batch(3, patient_id=alice.pk)
    own = AccessEntryFactory(patient_id=carol.pk, at=MONDAY)
    following = api("alice").get(LOG, {"page_size": 1}).json()["next"]

    page = api("carol").get(following).json()

    assert [line["id"] for line in page["results"]] == [str(own.pk)]


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_a_page_of_a_long_ledger_is_read_from_an_index(
    request, api, alice, dr_bob, who
):
    made = [
        *({"patient_id": uuid7(), "actor_id": uuid7()} for _ in range(2_000)),
        *({"patient_id": alice.pk, "actor_id": dr_bob.user_id} for _ in range(500)),
    ]
    AccessEntry.objects.bulk_create([AccessEntryFactory.build(**one) for one in made])
    client = api(who)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_accessentry")

    with CaptureQueriesContext(connection) as queries:
        assert len(results(client)) == 20

    (sql,) = [q["sql"] for q in queries if 'FROM "audit_accessentry"' in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    index = "audit_of_patient" if who == "alice" else "audit_by_actor"
    assert f"Index Scan using {index}" in plan
    assert "Sort" not in plan
