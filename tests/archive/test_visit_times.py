"""The time of day of a visit goes along, and older archives are read as before."""

import io

import orjson
from jsonschema import Draft202012Validator

from phr.archive.json_schema import schema_file
from phr.health_records.models import HealthRecord, RecordVersion
from tests.archive.conftest import part_of
from tests.archive.emptying import forget
from tests.archive.exporting import export_to, import_from, parts_of
from tests.archive.forging import RECORDS, forged, refused

EVENING = "2026-03-02T23:30:00-07:00"
BODY = {"record_type": "CHECKUP", "title": "A fall", "visit_date": EVENING}


def keep_and_change(api):
    """A record whose visit was written at two offsets, one after the other."""
    client = api("alice")
    made = client.post("/api/health-records/", BODY, format="json").json()
    other = {"visit_date": "2026-03-02T23:30:00+05:45"}
    client.patch(f"/api/health-records/{made['id']}/", other, format="json")
    return other["visit_date"]


def test_an_export_has_each_visit_at_the_time_of_day_of_the_place(api, alice, fetch):
    now = keep_and_change(api)

    archive = fetch("alice")

    part = part_of(archive, "records-0001")
    (record,) = part["records"]
    assert record["visit_date"] == now
    assert [version["visit_date"] for version in record["versions"]] == [EVENING]
    Draft202012Validator(orjson.loads(schema_file())).validate(part)
    page = archive.read("records-0001.html").decode()
    assert "2 March 2026, 23:30 (UTC+05:45)" in page
    assert "2 March 2026, 23:30 (UTC-07:00)" in page


def test_an_import_brings_the_offsets_of_records_and_versions_back(
    api, alice, tmp_path
):
    keep_and_change(api)
    archive = export_to(tmp_path / "archive.zip", alice.user)
    before = parts_of(archive)["records"]
    forget(alice, and_everybody=True)

    import_from(archive, stdout=io.StringIO())

    user = type(alice.user).objects.get(pk=alice.user_id)
    again = export_to(tmp_path / "again.zip", user)
    assert parts_of(again)["records"] == before
    assert HealthRecord.objects.get().visit_offset == 5 * 60 + 45
    assert RecordVersion.objects.get().visit_offset == -7 * 60


def test_an_archive_from_before_is_imported_in_utc(archive):
    """Archives from before say the time of each visit in UTC, as this one does."""
    assert parts_of(archive)["records"][0]["visit_date"].endswith("Z")

    import_from(archive, stdout=io.StringIO())

    assert HealthRecord.objects.get().visit_offset == 0
    assert {version.visit_offset for version in RecordVersion.objects.all()} == {0}


def test_a_visit_of_an_archive_has_a_possible_time_and_offset(archive):
    for visit_date, why in (
        ("2026-03-02T09:00:00+14:01", "schema"),
        ("2026-03-02T09:00:00-23:59", "schema"),
        ("2026-03-02T09:00:00+0700", "schema"),
        ("2026-03-02T09:00:00", "schema"),
        ("2026-02-30T09:00:00+01:00", "visit_date"),
        ("2026-03-02T25:00:00+01:00", "visit_date"),
        ("0001-01-01T00:00:00+14:00", "visit_date"),
    ):
        for place in ("records", "versions"):
            refused(forged(archive, RECORDS, visit_in(place, visit_date)), why)


def visit_in(place, visit_date):
    def change(part):
        record = part["records"][0]
        where = record if place == "records" else record["versions"][0]
        where["visit_date"] = visit_date

    return change
