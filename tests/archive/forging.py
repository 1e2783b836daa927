"""Archives that somebody has made something else of."""

import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
import pytest
from django.core.management.base import CommandError

from tests.archive.exporting import import_from
from tests.rows import nothing_written

Members = dict[str, bytes]
Change = Callable[[Any], Any]

RECORDS = "records-0001.json"
MANY_DIGITS = b'"version":' + b"9" * 400


def members_of(path: Path) -> Members:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, members: Members) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def in_tune(members: Members) -> Members:
    """The same with a manifest that says what is there: a careful forger's."""
    manifest = orjson.loads(members["manifest.json"])
    manifest["files"] = [
        {"path": name, "bytes": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in members.items()
        if name != "manifest.json"
    ]
    return members | {"manifest.json": orjson.dumps(manifest)}


def refused(path: Path, why: str) -> None:
    with nothing_written(), pytest.raises(CommandError, match=why):
        import_from(path, stdout=io.StringIO())


def forged(path: Path, name: str, change: Change) -> Path:
    """Change one part's JSON, and the manifest with it."""
    members = members_of(path)
    part = orjson.loads(members[name])
    change(part)
    return write(path, in_tune(members | {name: orjson.dumps(part)}))
