"""Archives of older versions are read by a server whose format is newer.

Whatever the newest version is, the next one is here: one more member of records.
"""

import io
from typing import Annotated

import orjson
import pytest
from pydantic import Field, ValidationError

from phr.archive import formats
from phr.archive.formats import newest, newest_format
from phr.archive.formats.base import Format, Many, text
from phr.archive.reader import ArchiveReader
from phr.health_records.models import HealthRecord
from tests.archive.exporting import import_from
from tests.archive.forging import RECORDS, forged, in_tune, members_of, refused, write

BOUND = 100  # faults that are collected of one part, at the most


NOW = newest_format().version
NEXT = NOW + 1


class Manifest(newest.Manifest):
    version: Annotated[int, Field(ge=NEXT, le=NEXT)]  # type: ignore[assignment] # it has risen


class Record(newest.Record):
    """A record of which we have come to know the weather, too."""

    weather: Annotated[str, text(100)]


class Records(newest.Records):
    records: Many[Record]  # type: ignore[assignment] # which is narrower


def with_weather(kind, part):
    """The step that the next version would bring along."""
    if kind == "records":
        for record in part["records"]:
            record["weather"] = ""
    return part


NEXT_FORMAT = Format(
    version=NEXT,
    parts={**newest.FORMAT.parts, "manifest": Manifest, "records": Records},
    upgrade=with_weather,
)


@pytest.fixture
def next_version(monkeypatch):
    monkeypatch.setitem(formats.FORMATS, NEXT, NEXT_FORMAT)


def test_what_is_newest_is_what_the_import_is_written_for():
    assert newest_format() is newest.FORMAT


def test_a_new_member_leaves_yesterdays_exports_importable(archive, next_version):
    with ArchiveReader(archive) as reader:
        (record,) = reader.items("records")
    assert (reader.version, newest_format().version) == (NOW, NEXT)
    assert isinstance(record, Record)
    assert record.weather == ""

    import_from(archive, stdout=io.StringIO())

    assert HealthRecord.objects.get().title == "New"


def as_next_version(archive, **more):
    """The archive as a server with the next version would write it."""
    members = members_of(archive)
    part = orjson.loads(members[RECORDS])
    for record in part["records"]:
        record.update(more)
    members[RECORDS] = orjson.dumps(part)
    manifest = orjson.loads(members["manifest.json"]) | {"version": NEXT}
    members["manifest.json"] = orjson.dumps(manifest)
    return write(archive, in_tune(members))


def test_each_version_is_held_to_what_it_says_itself(archive, next_version):
    refused(as_next_version(archive), r"match the schema: \$.records\[0\] \(required\)")

    import_from(as_next_version(archive, weather="Rain"), stdout=io.StringIO())

    assert HealthRecord.objects.exists()


def test_an_old_version_has_no_members_of_the_new_one(archive, next_version):
    def add_weather(part):
        part["records"][0]["weather"] = "Rain"

    path = forged(archive, RECORDS, add_weather)

    refused(path, r"match the schema: \$.records\[0\] \(additionalProperties\)")


def test_a_version_from_the_future_is_refused(archive):
    refused(as_next_version(archive), f"up to version {NOW}")


@pytest.mark.parametrize("version", ["true", "1.0", '"1"', "[1]", "{}", "null", "0"])
def test_what_is_no_version_is_refused(archive, version):
    members = members_of(archive)
    told = members["manifest.json"].replace(
        f": {NOW},".encode(), f": {version},".encode()
    )

    refused(write(archive, members | {"manifest.json": told}), f"up to version {NOW}")


@pytest.mark.parametrize(
    "part",
    [
        {"part": "records", "records": [0] * 100_000},
        {"part": "records", "records": [{}] * 100_000},
        {"part": "records", "records": [dict.fromkeys(map(str, range(100_000)))]},
        dict.fromkeys(map(str, range(100_000))),
        {"part": "records", "records": [{"versions": [{}] * 100_000}]},
    ],
)
def test_a_part_full_of_faults_is_refused_at_the_first_few(part):
    with pytest.raises(ValidationError) as refusal:
        formats.read_part(NOW, "records", part)

    assert refusal.value.error_count() < BOUND


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "x" * 201}, r"\$.records\[0\].title \(maxLength\)"),
        ({"title": 7}, r"\$.records\[0\].title \(type\)"),
        ({"created_at": "now"}, r"\$.records\[0\].created_at \(pattern\)"),
        ({"record_type": "SECRET"}, r"\$.records\[0\].record_type \(enum\)"),
        ({"version": 0}, r"\$.records\[0\].version \(minimum\)"),
        ({"version": 2**31}, r"\$.records\[0\].version \(maximum\)"),
        ({"Ann Example": 1}, r"\$.records\[0\] \(additionalProperties\)"),
        ({"comments": [{}]}, r"\$.records\[0\].comments\[0\] \(required\)"),
    ],
)
def test_a_refusal_says_where_and_why_and_quotes_nothing(archive, change, told):
    path = forged(archive, RECORDS, lambda part: part["records"][0].update(change))

    refused(
        path, rf"^Refused; nothing was written: {RECORDS} does not match .*: {told}\.$"
    )
