"""Published formats stand still, and the schema that is published is the newest."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from phr.archive.formats import v1
from phr.archive.json_schema import document

V1 = Path(__file__).parent / "v1"
NAMES = ("account", "care", "records-0001", "notifications-0001", "access-log-0001")
LIMITS = (20, 30, 45, 100, 150, 200, 254, 301, 500, 1_000, 2_000, 10_000, 20_000)
OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 81, 2**31 - 1, 2**31, 1.5, "", " ", "x", "ä"),
    *("\0", "x\0", "x\ny", "PATIENT", "DOCTOR", "A+", "update", "SECURITY", "CHECKUP"),
    *("2026-02-30", "2026-02-30T25:61:61Z", "2026-03-02T09:00:00.1234567Z", "+1", "+0"),
    *("2026-03-02T09:00:00+14:00", "2026-03-02T09:00:00+14:01", "0" * 64, "a b"),
    *("01912345-0000-7000-8000-000000000000", "01912345-0000-7000-8000-00000000000G"),
    *([], [None], ["x"], ["CHECKUP"] * 100, ["CHECKUP"] * 101, {}, {"id": 1}),
)
TEXTS = tuple("x" * length for limit in LIMITS for length in (limit, limit + 1))


def json_of(name: str) -> Any:
    return orjson.loads((V1 / f"{name}.json").read_bytes())


def small(name: str) -> Any:
    """A part with one or two things of each list, so that it is soon validated."""
    part = json_of(name)
    for key, value in part.items():
        if isinstance(value, list):
            part[key] = value[:1]
    if name == "care":  # the emergency access
        part["grants"] = json_of(name)["grants"][-1:]
    return part


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """The paths to all that is in it."""
    yield path
    members = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else members:
        yield from places(inner, (*path, key))


def variants(part: Any) -> Any:
    """The part with each thing in it taken out, replaced by others, and added to."""
    for *way, last in filter(None, places(deepcopy(part))):
        inside = part
        for step in way:
            inside = inside[step]
        value = inside[last]
        for other in OTHERS + (TEXTS if isinstance(value, str) else ()):
            inside[last] = other
            yield (*way, last, other), part
        if isinstance(inside, dict):
            del inside[last]
            yield (*way, last, "taken out"), part
            inside[last] = value
            inside["one_more"] = 1
            yield (*way, last, "one more"), part
            del inside["one_more"]
        inside[last] = value


def is_taken(kind: str, part: Any) -> bool:
    try:
        v1.FORMAT.parts[kind].model_validate(part)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", ["manifest", *NAMES])
def test_version_1_takes_and_refuses_what_it_did_when_it_was_published(name):
    """The schema in the archive was written by hand, before there were models."""
    kind = name.removesuffix("-0001")
    published = Draft202012Validator(json_of("schema")["$defs"][kind])
    told = document(v1.FORMAT)
    now = Draft202012Validator(told["$defs"][kind] | {"$defs": told["$defs"]})
    verdicts = set()

    for place, part in variants(small(name)):
        expected = published.is_valid(part)
        verdicts.add(expected)
        assert is_taken(kind, part) is expected, place
        if place[-1] not in TEXTS:  # for time's sake: it is made of the models
            assert now.is_valid(part) is expected, place

    assert verdicts == {True, False}
