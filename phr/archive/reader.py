"""Reading a file that says it is an archive, and may be anything."""

import stat
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import orjson
from pydantic import ValidationError

from phr.archive.formats import FORMATS, newest, newest_format, read_part
from phr.archive.layout import (
    FORMAT,
    INDEX,
    MANIFEST,
    MOST_ARCHIVE_BYTES,
    MOST_BYTES,
    MOST_MEMBER_BYTES,
    MOST_MEMBERS,
    SCHEMA,
    SERIES,
    SINGLE,
    is_known,
    series_name,
)

CHUNK = 256 * 1024
ENCRYPTED = 0x1  # a bit of a member's flags (APPNOTE.TXT, 4.4.4)
# The record at the end of a ZIP, and where in it the directory's size stands (4.3.16).
END, END_BYTES, DIRECTORY_BYTES_AT = b"PK\x05\x06", 22, slice(12, 16)
ZIP64_LOCATOR, ZIP64_LOCATOR_BYTES = b"PK\x06\x07", 20
BYTES_PER_NAME = 512  # in the directory, at the most
# The words of JSON Schema for what pydantic finds; all else is another type.
KEYWORDS = {
    "missing": "required",
    "extra_forbidden": "additionalProperties",
    "too_many_members": "additionalProperties",
    "string_too_long": "maxLength",
    "string_pattern_mismatch": "pattern",
    "literal_error": "enum",
    "greater_than_equal": "minimum",
    "less_than_equal": "maximum",
    "too_long": "maxItems",
}
OF_THE_WHOLE = ("missing", "extra_forbidden")  # and not of the member
# What reading a file raises that is no ZIP, or a broken one.
UNREADABLE = (
    *(BadZipFile, zlib.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError, struct.error),
)


class ArchiveRefused(Exception):
    """The archive is not taken; the sentence says why, and quotes nothing of it."""


class ArchiveReader:
    """An archive whose members are what its manifest says, read one at a time.

    :raises ArchiveRefused: it is not one that this version can read whole.
    """

    def __init__(self, path: Path) -> None:
        try:
            check_end(path)
            self.archive = ZipFile(path)
        except UNREADABLE as error:
            raise ArchiveRefused("This is not a complete ZIP archive.") from error
        try:
            self.members = check_members(self.archive.infolist())
            self.files = self.read_manifest()
            self.check_all()
        except BaseException:
            self.archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.archive.close()

    def read_manifest(self) -> dict[str, newest.File]:
        """The manifest's files by path."""
        if MANIFEST not in self.members:
            raise ArchiveRefused("The archive has no manifest.")
        manifest = parsed(self.read_bounded(MANIFEST), MANIFEST)
        self.version = version_of(manifest)
        listed = self.valid("manifest", manifest, MANIFEST).files
        files = {file.path: file for file in listed}
        if len(files) != len(listed):
            raise ArchiveRefused("The manifest names a file twice.")
        if files.keys() != self.members.keys() - {MANIFEST}:
            raise ArchiveRefused("The files of the archive do not match its manifest.")
        return files

    def check_all(self) -> None:
        """Read every file once, so that nothing is written of an archive that is not
        whole."""
        total = 0
        for path in self.files:
            total += len(self.read(path))
            if total > MOST_BYTES:
                raise ArchiveRefused("The archive contains too much data.")
        missing = set(self.expected()) - self.files.keys()
        if missing or self.files.keys() - set(self.expected()):
            raise ArchiveRefused("The parts of the archive are not numbered from 1.")

    def expected(self) -> Iterator[str]:
        yield from (SCHEMA, INDEX)
        for name in (*SINGLE, *(name for kind in SERIES for name in self.names(kind))):
            yield from (f"{name}.json", f"{name}.html")

    def names(self, kind: str) -> list[str]:
        """The parts of a series; there is at least one."""
        count = sum(path.startswith(f"{kind}-") for path in self.files)
        return [series_name(kind, number + 1) for number in range(max(1, count // 2))]

    def read(self, path: str) -> bytes:
        """Read one file and compare it with the manifest."""
        data, told = self.read_bounded(path), self.files[path]
        if len(data) != told.bytes or sha256(data).hexdigest() != told.sha256:
            raise ArchiveRefused(f"{path} does not match the manifest.")
        return data

    def read_bounded(self, path: str) -> bytes:
        """Read what is really there, whatever its header says, up to a bound."""
        chunks, size = [], 0
        try:
            with self.archive.open(self.members[path]) as file:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    if size > MOST_MEMBER_BYTES:
                        raise ArchiveRefused(f"{path} is too large.")
                    chunks.append(chunk)
        except UNREADABLE as error:
            raise ArchiveRefused(f"{path} cannot be read.") from error
        return b"".join(chunks)

    def part(self, name: str) -> Any:
        """One part, of the newest format.

        :param name: without its ending, such as "records-0001".
        """
        path = f"{name}.json"
        kind = name if name in SINGLE else name.rpartition("-")[0]
        return self.valid(kind, parsed(self.read(path), path), path)

    def valid(self, kind: str, found: Any, path: str) -> Any:
        """:raises ArchiveRefused: it is not as the format of its version says."""
        try:
            return read_part(self.version, kind, found)
        except ValidationError as error:
            fault = fault_in(error)
            raise ArchiveRefused(
                f"{path} does not match the schema: {fault}."
            ) from None

    def items(self, kind: str) -> Iterator[Any]:
        """The things of a series, one part in memory at a time."""
        for name in self.names(kind):
            yield from getattr(self.part(name), SERIES[kind])


def check_end(path: Path) -> None:
    """See how long the list of members is, before anything makes objects of it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size > MOST_ARCHIVE_BYTES:
            raise ArchiveRefused("The archive is too large.")
        file.seek(max(0, size - END_BYTES - ZIP64_LOCATOR_BYTES))
        tail = file.read()
    end = tail[-END_BYTES:]
    if not end.startswith(END) or tail[:4] == ZIP64_LOCATOR:
        raise BadZipFile
    directory = int.from_bytes(end[DIRECTORY_BYTES_AT], "little")
    if directory > MOST_MEMBERS * BYTES_PER_NAME:
        raise ArchiveRefused("The archive contains too many files.")


def check_members(infos: list[ZipInfo]) -> dict[str, ZipInfo]:
    """Take only plain files of names that archives have, each once.

    Nothing is ever written to a path: a name is only looked up.
    """
    if len(infos) > MOST_MEMBERS:
        raise ArchiveRefused("The archive contains too many files.")
    if max(Counter(info.filename for info in infos).values(), default=0) > 1:
        raise ArchiveRefused("The archive contains two files with the same name.")
    for info in infos:
        if not is_known(info.orig_filename) or info.orig_filename != info.filename:
            raise ArchiveRefused("The archive contains a file with an unknown name.")
        if not is_plain(info):
            raise ArchiveRefused(
                f"{info.filename} is encrypted, or not a regular file."
            )
    return {info.filename: info for info in infos}


def is_plain(info: ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_encrypted = bool(info.flag_bits & ENCRYPTED)
    is_known_way = info.compress_type in (ZIP_STORED, ZIP_DEFLATED)
    return kind in (0, stat.S_IFREG) and not is_encrypted and is_known_way


def parsed(data: bytes, path: str) -> Any:
    """JSON in UTF-8, without half surrogates and nested within reason."""
    try:
        return orjson.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveRefused(f"{path} is not valid JSON.") from error


def version_of(manifest: Any) -> int:
    """:raises ArchiveRefused: it is of no format that is known here."""
    told = manifest if isinstance(manifest, dict) else {}
    if told.get("format") != FORMAT:
        raise ArchiveRefused("This is an archive of another kind.")
    version = told.get("version")
    if type(version) is not int or version not in FORMATS:
        latest = newest_format().version
        raise ArchiveRefused(f"This server only reads archives up to version {latest}.")
    return version


def fault_in(error: ValidationError) -> str:
    """Where the first fault is, and which word of the schema tells of it.

    Names of members that are not known are not quoted.
    """
    first, *_ = error.errors(
        include_url=False, include_context=False, include_input=False
    )
    place = list(first["loc"])
    if first["type"] in OF_THE_WHOLE:
        place.pop()
    path = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in place)
    return f"${path} ({KEYWORDS.get(first['type'], 'type')})"
