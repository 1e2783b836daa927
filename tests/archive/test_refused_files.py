"""What is no whole and unaltered archive is refused, all of it."""

import io
import struct
import warnings
from collections.abc import Callable
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import orjson
import pytest
from django.core.management.base import CommandError

from phr.archive import reader
from phr.archive.formats import newest_format
from phr.audit.models import AccessEntry
from phr.notifications.models import Notification
from tests.archive.exporting import import_from
from tests.archive.forging import (
    MANY_DIGITS,
    RECORDS,
    Members,
    in_tune,
    members_of,
    refused,
    write,
)
from tests.rows import nothing_written


def test_what_is_whole_is_taken_and_its_old_ledger_is_not(archive, alice):
    output = io.StringIO()

    import_from(archive, stdout=output)

    assert "records: 1" in output.getvalue()
    assert "Alice" not in output.getvalue()
    mine = AccessEntry.objects.filter(patient_id=alice.pk)
    (entry,) = mine
    assert (entry.action, entry.face) == ("archive.account_imported", "command")
    assert Notification.objects.get().recipient_id == alice.user_id


def test_a_dry_run_checks_all_and_writes_nothing(archive):
    output = io.StringIO()

    with nothing_written():
        import_from(archive, dry_run=True, stdout=output)

    assert "Nothing was written" in output.getvalue()


def test_a_second_import_is_refused(archive):
    import_from(archive, stdout=io.StringIO())

    refused(archive, "already exists here")


@pytest.mark.parametrize("kept", [0, 0.01, 0.5, 0.99])
def test_a_truncated_archive_is_refused(archive, kept):
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * kept)])

    refused(archive, "not a complete ZIP")


def test_what_is_no_file_is_refused(db, tmp_path):
    refused(tmp_path / "nothing.zip", "not a complete ZIP")
    refused(tmp_path, "not a complete ZIP")


def test_every_byte_counts(archive):
    """Whatever byte is turned over, it is refused, or was of no meaning."""
    whole = archive.read_bytes()
    broken = 0
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        data = bytearray(whole)
        data[place] ^= 0xFF
        archive.write_bytes(data)
        try:
            with nothing_written():
                import_from(archive, dry_run=True, stdout=io.StringIO())
        except CommandError:
            broken += 1

    assert broken >= 35


VERSION = f": {newest_format().version},".encode()
ALTERED: dict[str, tuple[Callable[[Members], Members], str]] = {
    "a page": (lambda m: m | {"index.html": b"<p>"}, "does not match the manifest"),
    "a part": (
        lambda m: m | {RECORDS: m[RECORDS].replace(b"New", b"Old")},
        "does not match the manifest",
    ),
    "one missing": (
        lambda m: {n: d for n, d in m.items() if n != RECORDS},
        "do not match its manifest",
    ),
    "one more": (
        lambda m: m | {"records-0002.json": m[RECORDS]},
        "do not match its manifest",
    ),
    "numbered from 2": (
        lambda m: in_tune(
            {n.replace("records-0001", "records-0002"): d for n, d in m.items()}
        ),
        "not numbered",
    ),
    "no manifest": (
        lambda m: {n: d for n, d in m.items() if n != "manifest.json"},
        "no manifest",
    ),
    "a manifest that is a list": (
        lambda m: m | {"manifest.json": b"[]"},
        "of another kind",
    ),
    "a manifest that is no JSON": (
        lambda m: m | {"manifest.json": b"{"},
        "not valid JSON",
    ),
    "another version": (
        lambda m: m | {"manifest.json": m["manifest.json"].replace(VERSION, b": 99,")},
        "up to version",
    ),
    "another format": (
        lambda m: (
            m
            | {"manifest.json": m["manifest.json"].replace(b"health-record", b"photo")}
        ),
        "of another kind",
    ),
    "a file named twice": (
        lambda m: m | {"manifest.json": twice(m["manifest.json"])},
        "names a file twice",
    ),
    "a deep nest": (
        lambda m: in_tune(m | {RECORDS: b"[" * 900 + b"]" * 900}),
        "schema|nested",
    ),
    "a deeper nest": (
        lambda m: in_tune(m | {RECORDS: b"[" * 100_000 + b"]" * 100_000}),
        "not valid JSON",
    ),
    "Latin-1": (lambda m: in_tune(m | {RECORDS: b'"\xe9"'}), "not valid JSON"),
    "half a surrogate pair": (
        lambda m: in_tune(m | {RECORDS: m[RECORDS].replace(b"New", rb"\ud800")}),
        "not valid JSON",
    ),
    "a NUL": (
        lambda m: in_tune(m | {RECORDS: m[RECORDS].replace(b"New", rb"\u0000")}),
        "schema",
    ),
    "a number of 400 digits": (
        lambda m: in_tune(
            m | {RECORDS: m[RECORDS].replace(b'"version":2', MANY_DIGITS)}
        ),
        "schema|not valid JSON",
    ),
}
for bad_name in (
    *("../evil.json", "/etc/passwd", "a\\..\\b.json", "records-1.json", "x/care.json"),
    *("manifest.json/", "records-0001.json ", "RECORDS-0001.json"),
):
    ALTERED[f"a path {bad_name}"] = (
        lambda m, name=bad_name: in_tune(m | {name: b"{}"}),  # type: ignore[misc] # a default binds it
        "with an unknown name",
    )


def twice(data: bytes) -> bytes:
    manifest = orjson.loads(data)
    manifest["files"].append(manifest["files"][0])
    return orjson.dumps(manifest)


@pytest.mark.parametrize("case", ALTERED)
def test_an_altered_archive_is_refused(archive, case):
    change, why = ALTERED[case]

    refused(write(archive, change(members_of(archive))), why)


def test_two_files_of_one_name_are_refused(archive):
    with warnings.catch_warnings(), ZipFile(archive, "a") as changed:
        warnings.simplefilter("ignore")
        changed.writestr("care.json", b"{}")

    refused(archive, "two files with the same name")


def test_a_link_is_refused(archive):
    members = members_of(archive)
    del members["index.html"]
    write(archive, members)
    link = ZipInfo("index.html")
    link.external_attr = 0o120777 << 16
    with ZipFile(archive, "a") as changed:
        changed.writestr(link, "/etc/passwd")

    refused(archive, "not a regular file")


def test_an_encrypted_file_is_refused(archive):
    data = bytearray(archive.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    archive.write_bytes(data)

    refused(archive, "encrypted")


def test_another_way_of_compressing_is_refused(archive):
    members = members_of(archive)
    with ZipFile(archive, "w", ZIP_BZIP2) as changed:
        for name, data in members.items():
            changed.writestr(name, data)

    refused(archive, "not a regular file")


def test_a_bomb_is_read_up_to_the_bound_and_refused(archive, monkeypatch):
    monkeypatch.setattr(reader, "MOST_MEMBER_BYTES", 1024 * 1024)
    bomb = members_of(archive) | {"index.html": b" " * (2 * 1024 * 1024)}

    write(archive, in_tune(bomb))

    assert archive.stat().st_size < 50_000
    refused(archive, "is too large")


def test_a_bomb_whose_header_lies_is_refused(archive):
    """It says that the page has three bytes; the reader believes no header."""
    members = members_of(archive) | {"index.html": b" " * 10_000_000}
    write(archive, members)
    data = bytearray(archive.read_bytes())
    place = data.rindex(b"index.html") - 46
    data[place + 24 : place + 28] = struct.pack("<I", 3)
    archive.write_bytes(data)

    refused(archive, "cannot be read|does not match the manifest")


@pytest.mark.parametrize(
    ("bound", "why"),
    [
        ("MOST_ARCHIVE_BYTES", "archive is too large"),
        ("MOST_BYTES", "contains too much data"),
        ("MOST_MEMBERS", "contains too many files"),
        ("BYTES_PER_NAME", "contains too many files"),
    ],
)
def test_an_oversized_archive_is_refused(archive, monkeypatch, bound, why):
    monkeypatch.setattr(reader, bound, 0 if bound == "BYTES_PER_NAME" else 5)

    refused(archive, why)
