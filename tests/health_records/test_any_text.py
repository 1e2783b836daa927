"""Whatever somebody writes into a record costs what its length says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from phr.health_records.models import TEXTS, HealthRecord
from phr.health_records.search import MOST_WORDS
from tests.growth.costs import MOST_GROWTH, growth
from tests.nasty_texts import NASTY, different_letters, marks_downwards
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
LONGEST = 20_000
LETTERS = different_letters(len(TEXTS) * LONGEST)
RARE = {name: LETTERS[at * LONGEST // 2 :][:LONGEST] for at, name in enumerate(TEXTS)}


def body(title="Yearly check-up", **texts):
    return {
        "record_type": "CHECKUP",
        "title": title,
        "visit_date": "2026-03-02T09:00:00Z",
        **texts,
    }


def create(client, **texts):
    """:returns: the new record's address."""
    answer = client.post(RECORDS, body(**texts), format="json")
    assert answer.status_code == 201, answer.content
    return f"{RECORDS}{answer.json()['id']}/"


def found(client, search):
    answer = client.get(RECORDS, {"search": search})
    return [record["title"] for record in answer.json()["results"]]


def wal_written():
    """Bytes in PostgreSQL's log of changes, since it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("kind", NASTY)
def test_a_record_full_of_anything_is_made_and_changed(api, alice, kind):
    text = f"x{NASTY[kind](LONGEST - 2)}x"
    client = api("alice")

    url = create(client, **dict.fromkeys(TEXTS, text))
    changed = client.patch(url, {"title": "Knee"}, format="json")

    assert changed.status_code == 200
    assert changed.json()["diagnosis"] == text
    assert found(client, "knee") == ["Knee"]


# Each becomes two letters of three bytes when it is folded.
DOUBLED = "\u0f43\u0f4d\u0f52\u0f57\u0f5c\u0f69"


def compounds(seed: int) -> str:
    """As many different words with a sign in them as a text takes, of such letters."""
    words = [
        "".join(DOUBLED[number // 6**place % 6] for place in range(19)) + "'\u0f43"
        for number in range(seed * 1_000, seed * 1_000 + 2_000)
    ]
    return " ".join(words)[:LONGEST]


def test_words_that_grow_and_are_joined_fit_into_what_is_stored(api, alice):
    texts = {name: compounds(seed) for seed, name in enumerate(TEXTS)}

    create(api("alice"), **texts)

    assert found(api("alice"), texts["diagnosis"].split()[3]) == ["Yearly check-up"]


def test_marks_in_the_dearest_order_cost_what_others_cost(api, alice):
    client = api("alice")

    def send(texts):
        create(client, **texts)

    def texts_of(length):
        return dict.fromkeys(TEXTS, f"x{marks_downwards(length - 2)}x")

    assert growth(send, texts_of) < MOST_GROWTH


def test_more_different_words_than_are_stored_are_taken(api, alice):
    client = api("alice")

    url = create(client, title="Knee", **RARE)

    for text in RARE.values():
        assert found(client, text[:3]) == ["Knee"]
        assert found(client, text[MOST_WORDS - 1]) == ["Knee"]
    assert found(client, RARE[TEXTS[-1]][-1]) == []  # behind the last that is stored
    record = client.get(url).json()
    assert {name: record[name] for name in TEXTS} == RARE
    stored = HealthRecord.objects.get().search_words
    assert stored.count(" ") < len(TEXTS) * MOST_WORDS + 1


def test_a_text_full_of_words_hides_none_of_the_others(api, alice):
    create(api("alice"), description=RARE["description"], medications="Aspirin")

    assert found(api("alice"), "aspirin") == ["Yearly check-up"]


def test_the_words_of_a_long_report_are_all_found(api, alice):
    """Twenty thousand letters of prose have fewer different words than are stored."""
    words = [f"finding{number}" for number in range(1_500)]
    create(api("alice"), description=" ".join(words))

    assert found(api("alice"), words[-1]) == ["Yearly check-up"]


@pytest.mark.parametrize(
    ("values", "are_made_anew"),
    [
        ({"title": "Knee"}, True),
        ({"treatment": "Rest"}, True),
        ({"record_type": "DIAGNOSIS"}, False),
        ({"visit_date": "2026-03-02T10:00:00Z"}, False),
        ({"visit_date": "2026-03-02T10:00:00Z", "title": "Yearly check-up"}, False),
    ],
)
def test_words_are_made_anew_only_when_a_text_changes(
    api, alice, values, are_made_anew
):
    client = api("alice")
    url = create(client)

    with CaptureQueriesContext(connection) as queries:
        assert client.patch(url, values, format="json").status_code == 200

    sent = [query["sql"] for query in queries]
    (update,) = (sql for sql in sent if 'UPDATE "health_records_healthrecord"' in sql)
    assert ('"search_words"' in update) is are_made_anew
    assert not any("search_words" in sql for sql in sent if sql != update)
    untouched = {"record_type", "title", *TEXTS, "visit_date"} - values.keys()
    assert not any(f'"{name}" = ' in update for name in untouched)


def test_a_change_that_changes_nothing_writes_nothing(api, alice):
    client = api("alice")
    url = create(client, **RARE)

    with nothing_written():
        client.patch(url, {"title": "Yearly check-up"}, format="json")


@pytest.mark.django_db(transaction=True)
def test_a_letter_in_the_title_does_not_write_ten_mebibytes(api, alice):
    """The version before is kept, texts and all, and each word's place in the index."""
    client = api("alice")
    url = create(client, **RARE)

    before = wal_written()
    client.patch(url, {"title": "Knee"}, format="json")
    with_words = wal_written() - before
    client.patch(url, {"record_type": "DIAGNOSIS"}, format="json")
    without_words = wal_written() - before - with_words

    size = sum(len(text.encode()) for text in RARE.values())
    assert with_words < 10 * size
    assert without_words < with_words
