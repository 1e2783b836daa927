"""Patients add, change, delete and bring back their records in the browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from phr.health_records.models import LONGEST_TEXT, TEXTS, HealthRecord
from phr.portal.records.field_changes import LABELS
from tests.factories import HealthRecordFactory
from tests.portal.reading import text_of
from tests.rows import nothing_written

TYPED = {
    "record_type": "LAB_RESULT",
    "title": "Blood count",
    "visit_day": "2026-01-05",
    "description": "Haemoglobin 13,9.\r\nAll as it should be.",
}


def typed_again(record: HealthRecord, **changes: Any) -> dict[str, Any]:
    """What the form of a record holds, with what somebody has changed in it."""
    return {
        "record_type": record.record_type,
        "title": record.title,
        "visit_day": record.visit_day.isoformat(),
        "visit_time": record.visit.strftime("%H:%M"),
        "visit_offset": record.visit_offset,
        "version": record.version,
        "description": record.description,
        "symptoms": record.symptoms,
        "diagnosis": record.diagnosis,
        "treatment": record.treatment,
        "medications": record.medications,
        **changes,
    }


def test_each_text_of_a_record_is_written_shown_and_compared(browser, alice):
    alices = browser("alice")
    texts = {name: f"Words of {name}" for name in TEXTS}

    alices.post("/records/new/", TYPED | texts)
    record = HealthRecord.objects.get(patient=alice)
    other = typed_again(record) | {name: f"Another {name}" for name in TEXTS}
    alices.post(f"/records/{record.pk}/edit/", other)

    page = text_of(alices.get(f"/records/{record.pk}/"))
    changes = text_of(alices.get(f"/records/{record.pk}/changes/"))
    for name in TEXTS:
        assert f"Another {name}" in page
        assert f"<h3>{LABELS[name]}</h3>" in changes


def test_alice_adds_a_record_and_sees_it(browser, alice):
    alices = browser("alice")

    response = alices.post("/records/new/", TYPED, follow=True)

    record = HealthRecord.objects.get(patient=alice)
    assert response.redirect_chain == [(f"/records/{record.pk}/", 302)]
    assert record.description == "Haemoglobin 13,9.\nAll as it should be."
    page = text_of(response)
    assert "Your record is saved." in page
    assert "Blood count" in page
    assert "Monday, 5 January 2026" in page


@pytest.mark.parametrize("offset", ["", "-720", "0", "840"])
@pytest.mark.parametrize("time", ["", "00:00", "23:59"])
def test_the_day_that_was_named_is_the_day_shown(browser, alice, offset, time):
    visit = {"visit_offset": offset, "visit_time": time}

    response = browser("alice").post("/records/new/", TYPED | visit, follow=True)

    assert "Monday, 5 January 2026" in text_of(response)
    assert HealthRecord.objects.get().visit_day.isoformat() == "2026-01-05"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"record_type": ""}, "Choose the kind of record."),
        ({"record_type": "NONSENSE"}, "Choose one of these kinds."),
        ({"title": " "}, "Give the record a title."),
        ({"title": "\u202e"}, "Write the title in one line"),
        ({"title": "long " * 60}, "Use at most 200 characters. This is 299."),
        ({"visit_day": ""}, "Choose the day of the visit."),
        ({"visit_day": "tomorrow"}, "Choose the day of the visit, such as"),
        ({"visit_day": "2099-01-01"}, "That day is in the future."),
        ({"visit_day": "0001-01-01"}, "That day is before 1900."),
        ({"visit_time": "noon"}, "Write the time like 14:30, or leave it out."),
        ({"symptoms": "a" * (LONGEST_TEXT + 1)}, "Use at most 20000 characters."),
        ({"symptoms": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    browser, alice, wrong, said
):
    alices = browser("alice")

    with nothing_written():
        response = alices.post("/records/new/", TYPED | wrong)

    assert response.status_code == 400
    page = text_of(response)
    assert said in page
    assert "All as it should be." in page


def test_a_visit_too_early_for_any_clock_is_refused_beside_its_day(browser, alice):
    earliest = {"visit_day": "1900-01-01", "visit_time": "00:00", "visit_offset": "60"}

    response = browser("alice").post("/records/new/", TYPED | earliest)

    assert response.status_code == 400
    assert 'id="id_visit_day_error"' in text_of(response)


def test_alice_changes_a_record(browser, alices_record):
    response = browser("alice").post(
        f"/records/{alices_record.pk}/edit/",
        typed_again(alices_record, title="Knee pain, better now"),
        follow=True,
    )

    assert "Your changes are saved." in text_of(response)
    changed = HealthRecord.objects.get(pk=alices_record.pk)
    assert changed.title == "Knee pain, better now"
    assert changed.version == alices_record.version + 1


def test_saving_without_a_change_changes_nothing(browser, alice):
    """Neither seconds nor the line ends of another system, which a form cannot show."""
    record = HealthRecordFactory(
        patient=alice,
        description="One\r\ntwo\rthree",
        visit_date=datetime(2026, 1, 5, 9, 30, 17, 250_000, UTC),
    )
    alices = browser("alice")

    with nothing_written():
        response = alices.post(f"/records/{record.pk}/edit/", typed_again(record))

    assert response.status_code == 302


def test_a_record_changed_meanwhile_is_not_overwritten(browser, alices_record):
    alices = browser("alice")
    first = typed_again(alices_record, title="Knee pain after a fall on ice")
    second = typed_again(alices_record, title="Knee pain after a ride")
    alices.post(f"/records/{alices_record.pk}/edit/", first)

    with nothing_written():
        response = alices.post(f"/records/{alices_record.pk}/edit/", second)

    assert response.status_code == 409
    page = text_of(response)
    assert "This record was changed while you were writing" in page
    assert "fall on ice" in page  # what is there now
    assert 'value="Knee pain after a ride"' in page  # what was typed
    assert HealthRecord.objects.get().title == "Knee pain after a fall on ice"


def test_who_has_seen_both_may_save_their_own(browser, alices_record):
    alices = browser("alice")
    address = f"/records/{alices_record.pk}/edit/"
    alices.post(address, typed_again(alices_record, title="The first"))
    alices.post(address, typed_again(alices_record, title="The second"))

    seen = alices.post(address, typed_again(alices_record, title="The second"))
    again = typed_again(alices_record, title="The second", version=2)
    response = alices.post(address, again)

    assert 'name="version" value="2"' in text_of(seen)
    assert response.status_code == 302
    assert HealthRecord.objects.get().title == "The second"


def test_what_was_typed_survives_that_the_record_was_deleted(browser, alices_record):
    alices = browser("alice")
    address = f"/records/{alices_record.pk}/"
    typed = typed_again(alices_record, title="Knee pain, better now")
    alices.post(f"{address}delete/")

    told = alices.post(f"{address}edit/", typed)
    back = alices.post(f"{address}edit/", typed | {"bring-back": "1"}, follow=True)

    assert told.status_code == 409
    assert "This record was deleted while you were writing" in text_of(told)
    assert 'value="Knee pain, better now"' in text_of(told)
    assert "Your changes are saved." in text_of(back)
    record = HealthRecord.objects.get()
    assert (record.title, record.deleted_at) == ("Knee pain, better now", None)


def test_what_was_changed_before_it_was_deleted_is_not_overwritten(
    browser, alices_record
):
    alices = browser("alice")
    address = f"/records/{alices_record.pk}/"
    alices.post(f"{address}edit/", typed_again(alices_record, title="The first"))
    alices.post(f"{address}delete/")

    second = typed_again(alices_record, title="The second")
    response = alices.post(f"{address}edit/", second | {"bring-back": "1"})

    assert response.status_code == 409
    assert "The first" in text_of(response)
    assert HealthRecord.objects.get().title == "The first"


def test_deleting_can_be_undone_at_once(browser, alices_record):
    alices = browser("alice")

    deleted = alices.post(f"/records/{alices_record.pk}/delete/", follow=True)

    page = text_of(deleted)
    assert "The record is deleted." in page
    assert "Undo" in page
    assert alices_record.title not in page
    assert "Undo" not in text_of(alices.get("/records/"))  # only on the first page

    back = alices.post(f"/records/{alices_record.pk}/restore/", follow=True)
    assert "Your record is back." in text_of(back)
    assert HealthRecord.objects.get().deleted_at is None


def test_what_was_deleted_lately_is_listed_and_can_be_brought_back(browser, alice):
    lately = HealthRecordFactory(
        patient=alice, title="Deleted lately", deleted_at=timezone.now()
    )
    HealthRecordFactory(
        patient=alice,
        title="Deleted long ago",
        deleted_at=timezone.now() - timedelta(days=31),
    )

    page = text_of(browser("alice").get("/records/deleted/"))

    assert "Deleted lately" in page
    assert f"/records/{lately.pk}/restore/" in page
    assert "Deleted long ago" not in page


def test_bringing_back_twice_leads_to_the_record(browser, alices_record):
    response = browser("alice").post(f"/records/{alices_record.pk}/restore/")

    assert response.headers["Location"] == f"/records/{alices_record.pk}/"


def test_nobody_else_gets_a_form_of_alices_record(
    browser, alices_record, carol, dr_bob
):
    for who in ("carol", "dr_bob"):
        theirs = browser(who)
        with nothing_written():
            response = theirs.get(f"/records/{alices_record.pk}/edit/")
        assert response.status_code == 404
        assert alices_record.title not in text_of(response)
