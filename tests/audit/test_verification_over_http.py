"""The check of the ledger over HTTP: for everybody, in pages, at a fixed cost."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from phr.audit import signing_keys, verification
from phr.audit.models import LedgerSeal
from phr.audit.seals import seal_ledger
from tests.audit.ledgers import VERIFY, add_lines, pages, seal, tamper
from tests.factories import AccessEntryFactory
from tests.problem_answers import faults_of, problem_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small_bounds(small_seals, monkeypatch):
    monkeypatch.setattr(verification, "MOST_UNSEALED", 5)


@pytest.fixture
def lines(db):
    """A sealed ledger: seals on four, four, and two lines."""
    made = add_lines(10)
    seal_ledger(at=NOON)
    return made


@pytest.mark.parametrize("who", ["alice", "dr_dan", "sam"])
def test_everybody_who_is_signed_in_may_check(api, lines, who):
    *others, last = pages(api(who))

    head = LedgerSeal.objects.get(number=3)
    assert [(page["seals"], page["entries"]) for page in (*others, last)] == [
        (2, 8),
        (1, 2),
    ]
    assert last == {
        "ok": True,
        "seals": 1,
        "entries": 2,
        "redacted": 0,
        "unsealed": 0,
        "first_broken": None,
        "head": {
            "number": 3,
            "hash": bytes(head.hash).hex(),
            "sealed_at": "2026-03-02T12:00:00Z",
        },
        "public_key": signing_keys.public_key().hex(),
        "next": None,
    }


def test_nobody_else_may(api, lines):
    body = problem_of(api("nobody").get(VERIFY), 401, "not_authenticated")

    assert signing_keys.public_key().hex() not in str(body)


def test_a_check_shows_nothing_of_what_the_lines_say(api, carol, lines):
    tamper("UPDATE audit_accessentry SET actor_name = 'Sam Reyes'")

    text = str(pages(api("carol")))

    for said in ("Bob Stone", "Sam Reyes", lines[0].action, str(lines[0].actor_id)):
        assert said not in text


@pytest.mark.parametrize("page", [0, 1, 2, 3])
def test_each_page_costs_three_queries(api, carol, page, django_assert_num_queries):
    add_lines(28)
    seal()
    client = api("carol")
    url = [VERIFY, *(answer["next"] for answer in pages(client))][page]

    with django_assert_num_queries(3):
        client.get(url)


def test_a_page_reads_the_lines_under_its_seals_and_no_others(
    api, carol, django_assert_num_queries
):
    add_lines(28)
    seal()
    client = api("carol")

    with django_assert_num_queries(3) as queries:
        client.get(VERIFY)
    assert "LIMIT 9" in queries.captured_queries[-1]["sql"]  # 8 lines, and one more


def test_lines_without_a_seal_are_counted_up_to_a_bound(api, carol, lines):
    add_lines(3)
    assert pages(api("carol"))[-1]["unsealed"] == 3

    add_lines(20)

    last = pages(api("carol"))[-1]
    assert (last["ok"], last["unsealed"]) == (True, 5)


def test_a_fault_on_a_later_page_does_not_show_on_an_earlier_one(api, carol, lines):
    tamper("DELETE FROM audit_accessentry WHERE id = %s", lines[9].pk)

    first, second = pages(api("carol"))

    assert (first["ok"], second["ok"]) == (True, False)
    assert (second["seals"], second["entries"], second["unsealed"]) == (0, 0, None)
    assert (second["head"], second["next"]) == (None, None)


def test_a_seal_taken_away_between_two_pages_is_found(api, carol, lines):
    client = api("carol")
    following = client.get(VERIFY).json()["next"]

    tamper("DELETE FROM audit_ledgerseal WHERE number = 3")

    broken = client.get(following).json()["first_broken"]
    assert (broken["kind"], broken["seal"]) == ("TAIL_MISSING", 3)


@pytest.mark.parametrize("cursor", ["", "x", "W10:abc", "%00", "1:2:3"])
def test_a_made_up_cursor_is_refused(api, carol, lines, cursor):
    answer = api("carol").get(f"{VERIFY}?cursor={cursor}")

    assert faults_of(answer) == {("cursor", "invalid")}


def test_cursors_of_lists_and_of_the_check_are_not_exchanged(api, alice, lines):
    client = api("alice")
    AccessEntryFactory.create_batch(2, patient_id=alice.pk)
    of_list = client.get("/api/access-log/?page_size=1").json()["next"]
    of_check = client.get(VERIFY).json()["next"]

    for path, url in ((VERIFY, of_list), ("/api/access-log/", of_check)):
        cursor = parse_qs(urlsplit(url).query)["cursor"][0]
        answer = client.get(path, {"cursor": cursor})
        assert faults_of(answer) == {("cursor", "invalid")}


def test_other_parameters_and_methods_are_refused(api, carol, lines):
    client = api("carol")

    assert faults_of(client.get(f"{VERIFY}?page_size=100")) == {
        ("page_size", "unknown_field")
    }
    problem_of(client.post(VERIFY, {}), 405, "method_not_allowed")


def test_checks_without_end_are_slowed_down_for_each_person(api, carol, alice, lines):
    carols = api("carol")
    statuses = [carols.get(VERIFY).status_code for _ in range(120)]

    refused = carols.get(VERIFY)

    assert set(statuses) == {200}
    problem_of(refused, 429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert api("alice").get(VERIFY).status_code == 200
