"""Ids, comparison of texts, and counters: what every app stands on."""

import sys
import time
import unicodedata
from datetime import timedelta
from uuid import RFC_4122

import pytest
import redis
from django.db import connection
from pytest_django import Settings

from dev.valkey import free_port
from phr.core import redis_client
from phr.core.errors import TooMany, Unavailable
from phr.core.ids import uuid7
from phr.core.name_search import name_line, words_asked
from phr.core.rate_limits import Limit
from phr.core.text_folding import MARKS, fold
from tests.at_once import all_at_once
from tests.broker import closed_address

TEN_A_MINUTE = Limit("tests", 10, timedelta(minutes=1))
KEY = "alice@example.org"


def attempt(limit: Limit = TEN_A_MINUTE, key: str = KEY) -> bool:
    """Whether an attempt gets past."""
    try:
        limit.take(key)
    except TooMany:
        return False
    return True


@pytest.fixture
def no_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counters' Redis is away."""
    settings.REDIS_URL = closed_address()
    away = redis_client.connection.__wrapped__()
    monkeypatch.setattr(redis_client, "connection", lambda: away)


def test_ids_are_uuids_of_version_7() -> None:
    made = uuid7()

    assert made.version == 7
    assert made.variant == RFC_4122


def test_ids_carry_the_time_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert before <= made.int >> 80 <= after


def test_ids_made_later_sort_after_ids_made_before() -> None:
    early = uuid7()
    time.sleep(0.001)
    late = uuid7()

    assert early < late
    assert str(early) < str(late)


def test_ids_made_in_the_same_moment_differ() -> None:
    assert len({uuid7() for _ in range(20_000)}) == 20_000


def test_the_random_part_of_ids_uses_all_of_its_62_bits() -> None:
    parts = [uuid7().int & ((1 << 62) - 1) for _ in range(200)]
    ever_set, always_set = 0, (1 << 62) - 1
    for part in parts:
        ever_set, always_set = ever_set | part, always_set & part

    assert ever_set == (1 << 62) - 1
    assert always_set == 0


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Müller", "MÜLLER"),
        ("Müller", "Mu\N{COMBINING DIAERESIS}ller"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("Ёлка", "ёЛКА"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "a"),
        ("\N{LATIN SMALL LIGATURE FI}brosis", "FIBROSIS"),
        ("José", "JOSE"),
        ("Nguyễn", "Nguyen"),
        ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
        ("Łukasz Ødegård", "Lukasz Odegard"),
        ("Œdème", "oedeme"),
        ("İSTANBUL", "istanbul"),
        ("Пётр", "Петр"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("کلیه", "كليه"),  # Persian, on an Arabic keyboard
        ("O\u2019Brien", "o'brien"),
        ("Okina\u02bb", "OKINA`"),
        ("Smith\u2013Jones", "smith-jones"),
        ("Smith\u2011Jones", "smith\u2212jones"),
        ("hyper\u00adtension", "hypertension"),
        ("\u2066Ann\u2069\ufe0f\u200d", "ann"),
        ("\u0967\u0968", "12"),
        ("Guðrún Þórðardóttir", "Gudrun Thordardottir"),
    ],
)
def test_texts_are_the_same_in_any_case_and_any_way_of_writing(
    written: str, searched: str
) -> None:
    assert fold(written) == fold(searched)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("が", "か"),  # voiced
        ("हिन्दी", "हनद"),  # vowels
        ("ไข้", "ไข"),  # a tone
        ("가", "각"),
        ("o", "a"),
    ],
)
def test_letters_that_differ_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["한국어", "ガ行", "हिन्दी", "เป็นไข้", "བོད་སྐད"])
def test_scripts_whose_marks_are_letters_stay_whole(text: str) -> None:
    assert fold(text) == unicodedata.normalize("NFKC", text)


def test_folding_twice_changes_nothing_more() -> None:
    for letter in map(chr, range(sys.maxunicode + 1)):
        folded = fold(letter)
        assert fold(folded) == folded, hex(ord(letter))


def test_marks_behind_the_thirtieth_on_one_letter_are_left_out() -> None:
    """Such marks as make another word, or all would be left out."""
    nukta = "\N{DEVANAGARI SIGN NUKTA}"

    assert fold("k" + 40 * nukta) == "k" + 30 * nukta
    assert fold(f"k{30 * nukta}t{30 * nukta}") == f"k{30 * nukta}t{30 * nukta}"


def test_whatever_is_taken_apart_has_a_letter_or_counts_as_a_mark() -> None:
    """So that no other letters make a run of marks that is longer than it looks."""
    for letter in filter(str.isprintable, map(chr, range(sys.maxunicode + 1))):
        apart = unicodedata.normalize("NFKD", letter)
        again = unicodedata.normalize("NFKD", apart.casefold())
        starts = unicodedata.combining(again[0]) == 0
        assert starts or letter in MARKS, hex(ord(letter))
        behind = [unicodedata.combining(part) > 0 for part in again].count(True)
        assert behind <= 3, hex(ord(letter))


def test_joined_texts_stay_apart() -> None:
    assert "head ache" not in fold("head", "ache")
    assert "headache" not in fold("head", "ache")


def test_a_limit_lets_exactly_its_number_of_attempts_past() -> None:
    assert [attempt() for _ in range(12)] == [True] * 10 + [False] * 2


@pytest.mark.django_db(transaction=True)
def test_a_limit_holds_against_attempts_at_once() -> None:
    assert sum(all_at_once([attempt] * 30)) == 10


def test_a_limit_counts_each_key_and_each_limit_alone() -> None:
    for _ in range(10):
        attempt()

    assert not attempt()
    assert attempt(key="bob@example.org")
    assert attempt(Limit("tests:other", 10, timedelta(minutes=1)))


def test_a_refusal_says_how_long_to_wait() -> None:
    for _ in range(10):
        attempt()

    with pytest.raises(TooMany) as refusal:
        TEN_A_MINUTE.take(KEY)

    assert 50 <= refusal.value.retry_after <= 60


def test_refused_attempts_do_not_make_the_wait_longer() -> None:
    limit = Limit("tests:short", 1, timedelta(seconds=1))
    assert attempt(limit)
    for _ in range(3):
        assert not attempt(limit)

    time.sleep(1.2)

    assert attempt(limit)


def test_an_attempt_that_is_given_back_can_be_made_again() -> None:
    for _ in range(10):
        attempt()

    TEN_A_MINUTE.give_back(KEY)

    assert [attempt(), attempt()] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_giving_back_after_the_window_leaves_no_counter_without_an_end() -> None:
    TEN_A_MINUTE.give_back(KEY)

    assert redis_client.connection().keys("limit:*") == []


def test_the_counters_hold_no_key_in_the_clear() -> None:
    attempt()

    names = redis_client.connection().keys("*")
    assert len(names) == 1
    assert b"alice" not in names[0]


@pytest.mark.django_db(transaction=True)
def test_without_redis_attempts_are_counted_in_the_database(no_redis: None) -> None:
    assert [attempt() for _ in range(11)] == [True] * 10 + [False]
    TEN_A_MINUTE.give_back(KEY)
    assert [attempt(), attempt()] == [True, False]
    with pytest.raises(redis.RedisError):
        redis_client.check()


@pytest.mark.django_db(transaction=True)
def test_without_redis_and_database_attempts_are_refused(
    no_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(free_port()))

    with pytest.raises(Unavailable):
        TEN_A_MINUTE.take(KEY)
    with pytest.raises(Unavailable):
        TEN_A_MINUTE.give_back(KEY)


@pytest.mark.parametrize(
    ("stored", "question"),
    [
        ("ג'ורג' יוסף כהן", "ג'ורג' כהן"),
        (
            "Petrov Igor\N{MODIFIER LETTER PRIME}",
            "Igor\N{MODIFIER LETTER PRIME} Petrov",
        ),
        ("Rabi Ahmad", "Rabiʿ Ahmad"),
        ("William 'Bill' Gates", "Gates 'Bill' William"),
        ("William 'Bill' Wu", "Wu"),
        ("D'Angelo", "d' angelo"),
        ("O' Brien", "O\N{RIGHT SINGLE QUOTATION MARK}Brien"),
        ("Rossi", "Dott.ssa Rossi"),
        ("Zephyrin", "Zephyrin, M.D."),
        ("Dupont", "Madame Dupont"),
        ("كريم", "ڪريم"),
        ("Danjuma", "Ɗanjuma"),
    ],
)
def test_an_apostrophe_at_the_end_of_a_word_joins_it_to_no_other(
    stored: str, question: str
) -> None:
    line = f" {name_line(stored)}"

    assert all(f" {word}" in line for word in words_asked(question))
