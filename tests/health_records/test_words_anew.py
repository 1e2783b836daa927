"""Words that were noted by another rule are noted anew, and again if one goes back."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from phr.health_records.models import HealthRecord, RecordVersion
from tests.factories import HealthRecordFactory

ANEW = import_module("phr.health_records.migrations.0013_words_are_noted_anew")
DAY, GIFT = "\u0926\u093f\u0928", "\u0926\u093e\u0928"  # in Hindi


@pytest.fixture
def found(api, alice):
    def search(words):
        answer = api("alice").get("/api/health-records/", {"search": words})
        return {record["title"] for record in answer.json()["results"]}

    return search


@pytest.fixture
def as_before(alice):
    """Records whose words were noted before the migration."""
    for title, text in (("Day", DAY), ("Gift", GIFT), ("Dose", "5 mg"), ("Rest", "-")):
        HealthRecordFactory(patient=alice, title=title, description=text)
    ANEW.note_words_as_before(apps, None)


@pytest.mark.usefixtures("as_before")
def test_what_was_stored_before_is_found_as_what_is_stored_now(found, monkeypatch):
    assert found(GIFT) != {"Gift"}
    monkeypatch.setattr(ANEW, "AT_ONCE", 2)  # so that there are several batches

    ANEW.note_words(apps, None)

    assert found(GIFT) == {"Gift"}
    assert found(DAY) == {"Day"}
    assert found("5mg") == {"Dose"}


@pytest.mark.usefixtures("as_before")
def test_only_rows_with_other_words_are_written_and_no_version_is_kept():
    before = dict(HealthRecord.objects.values_list("title", "updated_at"))

    with CaptureQueriesContext(connection) as first:
        ANEW.note_words(apps, None)
    with CaptureQueriesContext(connection) as again:
        ANEW.note_words(apps, None)

    assert any(query["sql"].startswith("UPDATE") for query in first)
    assert not any(query["sql"].startswith("UPDATE") for query in again)
    assert dict(HealthRecord.objects.values_list("title", "updated_at")) == before
    assert not RecordVersion.objects.exists()


@pytest.mark.usefixtures("as_before")
def test_one_can_go_back(found):
    before = dict(HealthRecord.objects.values_list("title", "search_words"))

    ANEW.note_words(apps, None)
    ANEW.note_words_as_before(apps, None)

    assert dict(HealthRecord.objects.values_list("title", "search_words")) == before
