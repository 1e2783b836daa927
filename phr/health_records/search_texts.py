"""What searches look through, made again from what people read."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from phr.accounts.models import User
from phr.care.models import DoctorProfile, DoctorVerification
from phr.care.registration import note_search_text
from phr.core.row_locks import lock_rows
from phr.health_records.models import HealthRecord

AT_ONCE = 200

Rows = QuerySet[Any]


class Searched(NamedTuple):
    """A table with a column that searches look through.

    :param make: sets the column's value in a row, derived from its other columns.
    :param words: of a value of the column, what may not differ.
    :param of_owners: the accounts of some rows, if a text has their names in it.
    """

    name: str
    rows: Rows
    column: str
    make: Callable[[Any], None]
    words: Callable[[str], object] = str
    of_owners: Callable[[Rows], Rows] | None = None


def owners(doctors: Rows) -> Rows:
    return User.objects.filter(doctor_profile__in=doctors)


def words_of_vector(stored: str) -> set[str]:
    """PostgreSQL gives a tsvector back in an order of its own, its words quoted."""
    return set(stored.replace("'", "").split())


def all_searched() -> list[Searched]:
    people, licences = User.objects.all(), DoctorVerification.objects.all()
    doctors = DoctorProfile.objects.select_related("user")
    records, text = HealthRecord.objects.all(), "search_text"
    words, vector = "search_words", words_of_vector
    return [
        Searched("accounts", people, text, User.note_search_text),
        Searched("doctors", doctors, text, note_search_text, of_owners=owners),
        Searched("licences", licences, text, DoctorVerification.note_search_text),
        Searched("records", records, words, HealthRecord.note_words, vector),
    ]


def renew_search_texts() -> Iterator[tuple[str, int]]:
    """Make them all again; rows in which nothing changes are not written.

    In batches of their own transactions, whose rows are locked meanwhile, so that what
    somebody writes at the same time is neither lost nor waits for long. It may run
    again, and beside itself.

    :returns: of each table its name, and how many rows had another text.
    """
    for searched in all_searched():
        each = (renew(searched, ids) for ids in batches(searched.rows))
        yield searched.name, sum(each)


def batches(rows: Rows) -> Iterator[list[UUID]]:
    """The ids of all rows, some at a time."""
    in_order, last = rows.order_by("pk").values_list("pk", flat=True), UUID(int=0)
    while ids := list(in_order.filter(pk__gt=last)[:AT_ONCE]):
        yield ids
        last = ids[-1]


@transaction.atomic
def renew(searched: Searched, ids: list[UUID]) -> int:
    """Renew the rows with these ids; say of how many the text was another."""
    rows = searched.rows.filter(pk__in=ids).order_by("pk")
    if searched.of_owners:  # accounts first, as everywhere
        accounts = searched.of_owners(rows.order_by()).order_by("pk")
        list(lock_rows(accounts).values_list("pk"))
    locked = lock_rows(rows)
    changed = [row for row in locked if changes(searched, row)]
    searched.rows.bulk_update(changed, [searched.column])
    return len(changed)


def changes(searched: Searched, row: Any) -> bool:
    """Renew a row's text, and say whether it is another one."""
    stored = searched.words(getattr(row, searched.column))
    searched.make(row)
    return searched.words(getattr(row, searched.column)) != stored
