"""Common reads are prepared on their connection; behind a pooler nothing is."""

import pytest
from django.conf import settings
from django.db import connection

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


def prepared_statements() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        return {statement for (statement,) in cursor.fetchall()}
