"""Archives of older versions are read by a server whose format is newer."""

import io
from typing import Annotated, Literal

import orjson
import pytest
from pydantic import ValidationError

from phr.archive import formats
from phr.archive.formats import newest, newest_format, v1
from phr.archive.formats.base import Format, Many, only, text
from phr.archive.reader import ArchiveReader
from phr.health_records.models import HealthRecord
from tests.archive.exporting import import_from
from tests.archive.forging import RECORDS, forged, in_tune, members_of, refused, write

BOUND = 100  # faults that are collected of one part, at the most


class Manifest(v1.Manifest):
    version: Annotated[Literal[2], only(int)]  # type: ignore[assignment] # it has risen


class Record(v1.Record):
    """A record of which we have come to know the place, too."""

    place: Annotated[str, text(100)]


class Records(v1.Records):
    records: Many[Record]  # type: ignore[assignment] # which is narrower


def with_places(kind, part):
    """The step that a second version would bring along."""
    if kind == "records":
        for record in part["records"]:
            record["place"] = ""
    return part


V2 = Format(
    version=2,
    parts={**v1.FORMAT.parts, "manifest": Manifest, "records": Records},
    upgrade=with_places,
)


@pytest.fixture
def second_version(monkeypatch):
    monkeypatch.setitem(formats.FORMATS, 2, V2)


def test_what_is_newest_is_what_the_import_is_written_for():
    assert newest_format() is newest.FORMAT


def test_a_new_member_leaves_yesterdays_exports_importable(archive, second_version):
    with ArchiveReader(archive) as reader:
        (record,) = reader.items("records")
    assert (reader.version, newest_format().version) == (1, 2)
    assert isinstance(record, Record)
    assert record.place == ""

    import_from(archive, stdout=io.StringIO())

    assert HealthRecord.objects.get().title == "New"


def as_version_2(archive, **more):
    """The archive as a server with the second version would write it."""
    members = members_of(archive)
    part = orjson.loads(members[RECORDS])
    for record in part["records"]:
        record.update(more)
    members[RECORDS] = orjson.dumps(part)
    manifest = orjson.loads(members["manifest.json"]) | {"version": 2}
    members["manifest.json"] = orjson.dumps(manifest)
    return write(archive, in_tune(members))


def test_each_version_is_held_to_what_it_says_itself(archive, second_version):
    refused(as_version_2(archive), r"schema says: \$.records\[0\] \(required\)")

    import_from(as_version_2(archive, place="Riga"), stdout=io.StringIO())

    assert HealthRecord.objects.exists()


def test_an_old_version_has_no_members_of_the_new_one(archive, second_version):
    def add_place(part):
        part["records"][0]["place"] = "Riga"

    path = forged(archive, RECORDS, add_place)

    refused(path, r"schema says: \$.records\[0\] \(additionalProperties\)")


def test_a_version_from_the_future_is_refused(archive):
    refused(as_version_2(archive), "up to version 1")


@pytest.mark.parametrize("version", ["true", "1.0", '"1"', "[1]", "{}", "null", "0"])
def test_what_is_no_version_is_refused(archive, version):
    members = members_of(archive)
    told = members["manifest.json"].replace(b": 1,", f": {version},".encode())

    refused(write(archive, members | {"manifest.json": told}), "up to version 1")


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
        formats.read_part(1, "records", part)

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

    refused(path, rf"^Refused, and nothing written: {RECORDS} is not as .*: {told}\.$")
