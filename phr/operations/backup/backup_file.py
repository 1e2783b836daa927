"""The file of a backup: what it says of itself, and the dump behind that."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from phr.operations.backup.faults import BackupFault
from phr.operations.backup.sealed_stream import PIECE, seal, unseal

ENDING = ".phr-backup"
HALF = ".half"
LENGTH_BYTES = 4
LONGEST_MANIFEST = PIECE - LENGTH_BYTES  # it is all in the first piece
NEWEST_FIRST = "%Y%m%dT%H%M%SZ"  # of the time in a file's name, in UTC


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a backup before it is restored.

    :param made_at: in ISO 8601; what was written later is not in it.
    :param release: the name of the release that made it.
    :param migrations: those that the database had, each as "app.name".
    :param head: the newest seal of the ledger, as NUMBER:HASH; "" if there was none.
    """

    made_at: str
    release: str
    migrations: list[str]
    head: str

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def as_bytes(self) -> bytes:
        text = json.dumps(asdict(self)).encode()
        assert len(text) <= LONGEST_MANIFEST
        return len(text).to_bytes(LENGTH_BYTES, "big") + text


def name_at(time: datetime) -> str:
    return f"{time:{NEWEST_FIRST}}{ENDING}"


def chosen(path: Path) -> Path:
    """A backup, or of a folder the newest one, by the time in its name.

    :raises BackupFault: there is none in the folder.
    """
    if not path.is_dir():
        return path
    if found := backups_in(path):
        return found[0]
    raise BackupFault(f"There is no backup (*{ENDING}) in {path}.")


def backups_in(folder: Path) -> list[Path]:
    """Newest first."""
    return sorted(folder.glob(f"*{ENDING}"), reverse=True)


def write(path: Path, manifest: Manifest, dump: Iterable[bytes]) -> None:
    """Write a backup beside its place, and put it there when it is whole and on disk.

    :raises BackupFault: the disk does not take it, or there is such a file already.
    """
    half = path.with_name(path.name + HALF)
    if path.exists():
        raise BackupFault(f"{path} exists already.")
    try:
        with os.fdopen(open_for_us_alone(half), "wb") as file:
            for piece in seal(plain_of(manifest, dump), key()):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    except OSError as error:
        raise BackupFault(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        half.unlink(missing_ok=True)


def plain_of(manifest: Manifest, dump: Iterable[bytes]) -> Iterator[bytes]:
    yield manifest.as_bytes()
    yield from dump


def open_for_us_alone(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)


def read(file: BinaryIO) -> tuple[Manifest, Iterator[bytes]]:
    """Read a backup: what it says of itself, and the dump as it comes.

    :raises BackupFault: it is no backup, or not whole, or was made with another key;
        also while the dump is read.
    """
    plain = unseal(file, key())
    first = next(plain)
    length = int.from_bytes(first[:LENGTH_BYTES], "big")
    text, rest = first[LENGTH_BYTES:][:length], first[LENGTH_BYTES + length :]

    def dump() -> Iterator[bytes]:
        yield rest
        yield from plain

    try:
        return Manifest(**json.loads(text)), dump()
    except (TypeError, ValueError):
        raise BackupFault("is of a release that this one does not know") from None


def check(path: Path) -> Manifest:
    """Read a backup from the beginning to its end, which must be there.

    :raises BackupFault: as `read`; names the file.
    """
    try:
        with path.open("rb") as file:
            manifest, dump = read(file)
            for _ in dump:
                pass
    except OSError as error:
        raise BackupFault(f"{path} cannot be read: {error.strerror}.") from None
    except BackupFault as fault:
        raise BackupFault(f"{path} {fault}.") from None
    return manifest


def key() -> str:
    """:raises BackupFault: the setting is missing."""
    if not settings.BACKUP_KEY:
        raise BackupFault("Set BACKUP_KEY: backups are encrypted with it.")
    return str(settings.BACKUP_KEY)
