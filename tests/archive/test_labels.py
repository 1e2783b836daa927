"""The readable pages of an archive have a word for each member of its files."""

from collections.abc import Iterator

from phr.archive.formats import newest_format
from phr.archive.formats.base import ArchiveModel
from phr.archive.labels import LABELS


def members_of(model: type[ArchiveModel]) -> Iterator[str]:
    """The names that stand in one part, in whatever depth."""
    schema = model.model_json_schema()
    for inner in (schema, *schema.get("$defs", {}).values()):
        yield from inner.get("properties", {})


def test_each_member_of_an_archive_has_a_label() -> None:
    parts = newest_format().parts
    members = {
        name
        for kind, part in parts.items()
        if kind != "manifest"
        for name in members_of(part)
    }

    assert members - {"part"} == set(LABELS)
