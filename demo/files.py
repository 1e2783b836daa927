"""Reading the files in which the demo's people and their past are written down.

Whoever edits them is told by file and entry what cannot be read. README.md says how.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from demo.entries import (
    DemoFault,
    Entry,
    Everyday,
    Grant,
    Grants,
    Licenses,
    People,
    Story,
    Visit,
)

FOLDER = Path(__file__).parent
Form = TypeVar("Form", bound=Entry)


@cache
def people() -> People:
    """:raises DemoFault: the file cannot be read, as all of the following."""
    return read(FOLDER / "people.toml", People)


def licenses() -> Licenses:
    return read(FOLDER / "licenses.toml", Licenses)


def grants() -> tuple[Grant, ...]:
    return read(FOLDER / "grants.toml", Grants).grants


@cache
def everyday() -> Everyday:
    return read(FOLDER / "everyday.toml", Everyday)


def stories() -> Mapping[str, tuple[Visit, ...]]:
    """What happened to each patient, by username."""
    paths = sorted((FOLDER / "stories").glob("*.toml"))
    return {path.stem: read(path, Story).visits for path in paths}


def read(path: Path, form: type[Form]) -> Form:
    """:raises DemoFault: it is no TOML, or not in this form; the message says where."""
    name = path.relative_to(FOLDER) if path.is_relative_to(FOLDER) else path
    try:
        return form.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise DemoFault(f"{name}: {error}") from error
    except ValidationError as error:
        raise DemoFault(f"{name}: {'; '.join(faults_in(error))}") from error


def faults_in(error: ValidationError) -> Iterator[str]:
    """Each as "visit 3, title: Field required"; entries are counted from one."""
    for fault in error.errors():
        place = ""
        for part in fault["loc"]:
            place += f" {part + 1}" if isinstance(part, int) else f", {part}"
        yield f"{place.removeprefix(', ')}: {fault['msg']}"
