"""Common reads are prepared on their connection; behind a pooler nothing is."""

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import Api

pytestmark = pytest.mark.django_db
PREPARED = "SELECT statement FROM pg_prepared_statements"


def test_a_common_read_is_planned_once_for_a_connection(api: Api) -> None:
    client = api("alice")
    for _ in range(2):
        assert client.get("/api/health-records/").status_code == 200

    prepared = prepared_statements()

    pages = [one for one in prepared if "health_records_healthrecord" in one]
    assert len(pages) == (1 if settings.PREPARED_STATEMENTS else 0)


def test_other_statements_are_not_prepared(api: Api) -> None:
    client = api("alice")
    for _ in range(10):
        assert client.get("/api/care/grants/").status_code == 200

    assert not [one for one in prepared_statements() if "care_caregrant" in one]


def prepared_statements() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        return [statement for (statement,) in cursor.fetchall()]
