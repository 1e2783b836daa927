"""Common reads are prepared on their connection; behind a pooler nothing is."""

import pytest
from django.conf import settings
from django.db import DataError, connection, transaction

from phr.core.compiled_queries import CompiledQuery, asked_ahead
from tests.conftest import Api

pytestmark = pytest.mark.django_db
PREPARED = "SELECT statement FROM pg_prepared_statements"


def test_a_common_read_is_planned_once_for_a_connection(api: Api) -> None:
    client = api("alice")

    assert client.get("/api/health-records/").status_code == 200
    prepared = prepared_statements()
    assert client.get("/api/health-records/").status_code == 200

    pages = [one for one in prepared if "health_records_healthrecord" in one]
    assert bool(pages) == settings.PREPARED_STATEMENTS
    assert prepared_statements() == prepared


def test_rows_that_were_asked_ahead_are_for_the_same_statement_and_values_only() -> (
    None
):
    query = CompiledQuery("SELECT %(number)s::int, random()")
    begin()

    with asked_ahead([(query, {"number": 1}), (query, {"number": 2})]) as found:
        ahead = [query.rows(number=number) for number in (1, 2, 3)]
    after = query.rows(number=1)

    assert [rows[0][0] for rows in ahead] == [1, 2, 3]
    assert [one.rows for one in found] == (
        ahead[:2] if settings.PREPARED_STATEMENTS else []
    )
    assert after != ahead[0]


def test_an_error_of_what_is_asked_ahead_is_told_and_the_connection_goes_on() -> None:
    good, bad = CompiledQuery("SELECT 1"), CompiledQuery("SELECT 1 / %(number)s::int")
    questions = [(good, {}), (bad, {"number": 0}), (good, {})]
    begin()

    if settings.PREPARED_STATEMENTS:
        with pytest.raises(DataError), transaction.atomic(), asked_ahead(questions):
            pass
    assert good.rows() == [(1,)]


def begin() -> None:
    """The first statement of a transaction goes through Django."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def prepared_statements() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        return {statement for (statement,) in cursor.fetchall()}
