"""The readable pages of an archive have a word for each member of its files."""

from collections.abc import Iterator

from phr.archive.formats import newest_format
from phr.archive.formats.base import ArchiveModel
from phr.archive.labels import CODES, LABELS
from phr.care.choices import BloodType


def members_of(model: type[ArchiveModel]) -> Iterator[str]:
    """The names that stand in one part, in whatever depth."""
    schema = model.model_json_schema()
    for inner in (schema, *schema.get("$defs", {}).values()):
        yield from inner.get("properties", {})


def parts() -> list[type[ArchiveModel]]:
    """The parts with pages that people read."""
    return [part for kind, part in newest_format().parts.items() if kind != "manifest"]


def codes_of(model: type[ArchiveModel]) -> Iterator[tuple[str, str]]:
    """The names of members that are one of a few codes, each with each code."""
    schema = model.model_json_schema()
    for inner in (schema, *schema.get("$defs", {}).values()):
        for name, member in inner.get("properties", {}).items():
            codes = (member | member.get("items", {})).get("enum", [])
            yield from ((name, code) for code in codes if code)


def test_each_member_of_an_archive_has_a_label() -> None:
    members = {name for part in parts() for name in members_of(part)}

    assert members - {"part"} == set(LABELS)


def test_each_code_of_an_archive_has_words_but_blood_types() -> None:
    codes = {each for part in parts() for each in codes_of(part)}
    alike = {("blood_type", blood_type) for blood_type in BloodType.values}

    assert len(codes) > 40
    assert {(name, code) for name in CODES for code in CODES[name]} >= codes - alike
