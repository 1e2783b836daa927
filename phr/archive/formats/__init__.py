"""The formats of archives: the newest is written, and all are read, for ever."""

from typing import Any

from phr.archive.formats import v1, v2
from phr.archive.formats import v2 as newest
from phr.archive.formats.base import ArchiveModel, Format

__all__ = ["FORMATS", "newest", "newest_format", "read_part"]

FORMATS: dict[int, Format] = {each.version: each for each in (v1.FORMAT, v2.FORMAT)}


def newest_format() -> Format:
    """The format that is written, and that an import understands."""
    return FORMATS[max(FORMATS)]


def read_part(version: int, kind: str, found: Any) -> ArchiveModel:
    """Read a part by the format of its archive, and make it one of the newest.

    The manifest stays what it is: it tells of the files, and of this version.

    :param found: the part's JSON, parsed.
    :raises ValidationError: it is not as its format says.
    """
    part = FORMATS[version].parts[kind].model_validate(found)
    if kind == "manifest":
        return part
    for later in sorted(each for each in FORMATS if each > version):
        upgrade = FORMATS[later].upgrade
        assert upgrade is not None
        found = upgrade(kind, found)
        part = FORMATS[later].parts[kind].model_validate(found)
    return part
