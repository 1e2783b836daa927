"""A search asks the database for so many words, however many somebody types."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

SEARCHED = sorted(
    model._meta.label_lower
    for model, page in admin.site._registry.items()
    if page.search_fields
)


@pytest.mark.parametrize("label", SEARCHED)
def test_words_behind_two_hundred_letters_are_not_asked_for(rita, browser, label):
    client = browser(rita)
    page = reverse(f"admin:{label.replace('.', '_')}_changelist")

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page, {"q": "a " * 4_000})

    assert answer.status_code == 200
    assert max(len(query["sql"]) for query in queries) < 100_000


def test_what_one_looks_for_is_found_all_the_same(rita, sam, browser):
    page = browser(rita).get("/admin/accounts/user/", {"q": "sam reyes"})

    assert "Reyes" in page.content.decode()
