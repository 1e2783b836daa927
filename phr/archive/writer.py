"""Writing an archive: a ZIP of parts, each as JSON and as a readable page."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from django.db import DEFAULT_DB_ALIAS

from phr.accounts.language import speaking_to
from phr.accounts.models import User
from phr.accounts.names import full_name
from phr.archive import html_pages
from phr.archive.contents import inbox_and_log
from phr.archive.contents.account import account_part
from phr.archive.contents.care import care_part
from phr.archive.contents.records import Records
from phr.archive.formats import newest_format
from phr.archive.json_schema import schema_file
from phr.archive.layout import (
    FORMAT,
    INDEX,
    MANIFEST,
    PART_BYTES,
    SCHEMA,
    SERIES,
    SINGLE,
    series_name,
)
from phr.archive.progress import Progress
from phr.audit.models import AccessEntry
from phr.notifications.models import Notification

Shape = Mapping[str, Any]

OPTIONS = orjson.OPT_UTC_Z
READABLE = OPTIONS | orjson.OPT_INDENT_2


def write_archive(
    user: User,
    file: IO[bytes],
    *,
    at: datetime,
    progress: Progress,
    database: str = DEFAULT_DB_ALIAS,
) -> None:
    """Write all that an account holds, as its owner may see it, into an empty file.

    The pages are in the owner's language and time zone; what programs read never is.
    The caller's transaction says what moment it is of.

    :param database: the alias of the one that is read, and that the user is from.
    """
    with speaking_to(user):
        write_parts(user, file, database, at=at, progress=progress)


def write_parts(
    user: User, file: IO[bytes], database: str, *, at: datetime, progress: Progress
) -> None:
    records = Records(user, database)
    progress.expect(records.records().count())
    for model in (Notification, AccessEntry):
        progress.expect(model.objects.using(database).visible_to(user).count())
    care = care_part(user, records)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        writer = ArchiveWriter(archive, names_of(user, care), progress)
        writer.add_part(account_part(user, database))
        writer.add_part(care)
        known = [user.pk, *(person["id"] for person in care["people"])]
        writer.add_series("records", records.shapes(known))
        writer.add_series("notifications", inbox_and_log.notifications(user, database))
        writer.add_series("access-log", inbox_and_log.access_log(user, database))
        writer.end(at)


def names_of(user: User, care: Shape) -> dict[str, str]:
    """What the pages show instead of ids."""
    people = {person["id"]: name_of(person) for person in care["people"]}
    doctors = {each["id"]: f"Dr. {people[each['user']]}" for each in care["doctors"]}
    own: dict[UUID, str] = dict.fromkeys((user.pk, user.patient_profile.pk), str(user))
    return {str(key): name for key, name in (people | doctors | own).items()}


def name_of(person: Shape) -> str:
    return full_name(person["first_name"], person["last_name"])


class ArchiveWriter:
    """An archive that is being written."""

    def __init__(
        self, archive: ZipFile, names: Mapping[str, str], progress: Progress
    ) -> None:
        self.archive, self.names, self.progress = archive, names, progress
        self.files: list[dict[str, Any]] = []
        self.parts: list[str] = []

    def add_file(self, path: str, data: bytes) -> None:
        self.archive.writestr(path, data)
        digest = sha256(data).hexdigest()
        self.files.append({"path": path, "bytes": len(data), "sha256": digest})

    def add_pair(self, name: str, kind: str, data: bytes, body: str) -> None:
        """One part, for programs and for people."""
        self.add_file(f"{name}.json", data)
        self.add_file(f"{name}.html", html_pages.part_page(kind, body))
        self.parts.append(name)

    def add_part(self, part: Shape) -> None:
        kind = part["part"]
        assert kind in SINGLE
        body = html_pages.sections(part, self.names)
        self.add_pair(kind, kind, orjson.dumps(part, option=READABLE), body)

    def add_series(self, kind: str, shapes: Iterable[Shape]) -> None:
        """Many things, in as many parts as they need, and in one if there are none."""
        number, size = 1, 0
        data: list[bytes] = []
        bodies: list[str] = []
        for shape in shapes:
            data.append(orjson.dumps(shape, option=OPTIONS))
            bodies.append(html_pages.item(shape, self.names))
            self.progress.add()
            size += len(data[-1])
            if size >= PART_BYTES:
                self.add_some(kind, number, data, bodies)
                number, size, data, bodies = number + 1, 0, [], []
        if data or number == 1:
            self.add_some(kind, number, data, bodies)

    def add_some(
        self, kind: str, number: int, data: list[bytes], bodies: list[str]
    ) -> None:
        head = f'{{"part":"{kind}","{SERIES[kind]}":[\n'.encode()
        whole = head + b",\n".join(data) + b"\n]}\n"
        self.add_pair(series_name(kind, number), kind, whole, "".join(bodies))

    def end(self, at: datetime) -> None:
        """Add what tells of the others, the manifest as the last."""
        self.add_file(SCHEMA, schema_file())
        self.add_file(INDEX, html_pages.index_page(self.parts, at))
        manifest = {
            "format": FORMAT,
            "version": newest_format().version,
            "created_at": at,
            "files": self.files,
        }
        self.archive.writestr(MANIFEST, orjson.dumps(manifest, option=READABLE))
