"""Records and comments as lines of text: no instance is made, no query is asked."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from benchmarks.filling.copying import check_columns, copy_lines
from benchmarks.filling.plan import LONG_LISTS, START, Plan, person_id, row_id
from benchmarks.filling.texts import (
    TEXTS,
    draw_rare_sentence,
    draw_text,
    draw_topic,
    sentence,
)
from phr.care.choices import RecordType
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.search import KEY_LENGTH, words_of

DAY = 86_400_000
RARE, PRIVATE = 0.002, 0.04  # of the records have such a sentence, or such a comment
TYPES = RecordType.values
SEARCH_COLUMN = "search_words"
RECORD_COLUMNS = [
    *("id", "created_at", "updated_at", "patient_id", "record_type", "title", *TEXTS),
    *("visit_date", "created_by_id", "version", "deleted_at", SEARCH_COLUMN),
]
COMMENT_COLUMNS = [
    *("id", "created_at", "updated_at", "health_record_id", "doctor_id", "comment"),
    *("is_private", "version"),
]


def search_value(patient_id: str, title: str, texts: Sequence[str]) -> str:
    """What `SEARCH_COLUMN` holds: `stored_words`, from texts that come again."""
    key = patient_id[-KEY_LENGTH:]
    words = words_in(title).union(*map(words_in, texts))
    return " ".join([key + word for word in words])


@lru_cache(maxsize=100_000)
def words_in(text: str) -> frozenset[str]:
    return frozenset(words_of(text))


class People(NamedTuple):
    """Ids by number, of what the columns point to."""

    patients: list[str]
    accounts: list[str]
    doctors: list[str]


@cache
def people_of(plan: Plan) -> People:
    patients = range(plan.patients + LONG_LISTS)
    return People(
        [person_id("patient", number) for number in patients],
        [person_id("patient's account", number) for number in patients],
        [person_id("doctor", number) for number in range(plan.doctors)],
    )


def check_record_columns() -> None:
    """:raises LookupError: there are columns that nobody here fills."""
    check_columns(HealthRecord, RECORD_COLUMNS)
    check_columns(DoctorComment, COMMENT_COLUMNS)


def fill_chunk(plan: Plan, number: int) -> None:
    """Fill one chunk: records that follow each other in time, and their comments."""
    dice = random.Random(f"{plan.records} {number}")
    records: list[str] = []
    comments: list[str] = []
    for row in range(number * plan.chunk, min((number + 1) * plan.chunk, plan.rows)):
        add_record(plan, dice, row, records, comments)
    copy_lines(HealthRecord, RECORD_COLUMNS, records)
    copy_lines(DoctorComment, COMMENT_COLUMNS, comments)


def add_record(
    plan: Plan, dice: random.Random, row: int, records: list[str], comments: list[str]
) -> None:
    people, owner, visit = people_of(plan), plan.owner(row), plan.time(row)
    number = draw_topic(dice)
    title = sentence("title", number, int(dice.random() * 6))
    texts = [draw_text(dice, kind, number) for kind in TEXTS]
    if dice.random() < RARE:
        texts[0] += draw_rare_sentence(dice)
    written = visit + 60_000 * int(5 + 55 * dice.random())
    at, patient = text_of(written), people.patients[owner]
    record = row_id(written, dice.getrandbits(74))
    records.append(
        f"{record}\t{at}\t{at}\t{patient}\t{TYPES[int(len(TYPES) * dice.random())]}\t"
        f"{title}\t" + "\t".join(texts) + f"\t{text_of(visit)}\t"
        f"{people.accounts[owner]}\t1\t\\N\t{search_value(patient, title, texts)}\n"
    )
    doctor = people.doctors[plan.doctor_of(owner)]
    for private in "fft" if dice.random() < PRIVATE else "ff":
        written += DAY + int(DAY * dice.random())
        at = text_of(written)
        comments.append(
            f"{row_id(written, dice.getrandbits(74))}\t{at}\t{at}\t{record}\t{doctor}\t"
            f"{draw_text(dice, 'comment', number)}\t{private}\t1\n"
        )


def text_of(milliseconds: int) -> str:
    """A time as PostgreSQL reads it."""
    day, rest = divmod(milliseconds, DAY)
    seconds, thousandths = divmod(rest, 1_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{text_of_day(day)} {hour:02}:{minute:02}:{second:02}.{thousandths:03}+00"


@cache
def text_of_day(day: int) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day):%Y-%m-%d}"


def time_of(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


BEGINNING = time_of(START)
