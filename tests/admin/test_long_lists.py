"""Lists of the admin site over tables that grow without end."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from phr.core import admin as core_admin
from phr.core.models import OutboxEvent
from tests.factories import OutboxEventFactory

LISTS = {model._meta.label: rows for model, rows in admin.site._registry.items()}
OUTBOX = "/admin/core/outboxevent/"


@pytest.mark.parametrize("label", LISTS)
def test_no_list_counts_a_whole_table(label):
    rows = LISTS[label]

    assert rows.show_facets is admin.ShowFacets.NEVER
    assert rows.show_full_result_count is False
    assert issubclass(rows.paginator, core_admin.BoundedPaginator)
    assert rows.date_hierarchy is None  # it looks for the first and the last day
    assert rows.list_per_page <= 100
    assert rows.list_max_show_all <= 200


@pytest.mark.parametrize("label", LISTS)
def test_asking_for_counts_by_hand_counts_nothing_more(label, rita, browser):
    opts, client = LISTS[label].opts, browser(rita)
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    client.get(url)  # what is asked once, such as content types, has been asked

    with CaptureQueriesContext(connection) as plain:
        assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as with_counts:
        page = client.get(url, {"_facets": "1"}, follow=True)

    assert page.status_code == 200
    assert "Show counts" not in page.content.decode()
    counted = [query["sql"] for query in with_counts if "COUNT(" in query["sql"]]
    assert len(counted) == sum("COUNT(" in query["sql"] for query in plain)
    assert all("LIMIT" in sql for sql in counted)


def test_a_list_is_counted_only_so_far(rita, browser, monkeypatch):
    monkeypatch.setattr(core_admin, "MOST_ROWS_COUNTED", 3)
    OutboxEventFactory.create_batch(5, delivered_at=timezone.now())

    content = browser(rita).get(OUTBOX).content.decode()

    assert "3 outbox events" in content
    assert OutboxEvent.objects.count() == 5
