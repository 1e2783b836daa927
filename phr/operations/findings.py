"""What an examination of the installation finds, in sentences that tell what to do."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. Only errors make `manage.py doctor` exit with 1."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, good or bad.

    :param part: what was examined, such as "postgresql".
    :param says: what was found. It quotes no secret.
    :param advice: what to do about it.
    """

    part: str
    level: Level
    says: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Findings about one part of the installation."""

    name: str

    def ok(self, says: str) -> Finding:
        return Finding(self.name, Level.OK, says)

    def note(self, says: str, advice: str = "") -> Finding:
        return Finding(self.name, Level.NOTE, says, advice)

    def warning(self, says: str, advice: str) -> Finding:
        return Finding(self.name, Level.WARNING, says, advice)

    def error(self, says: str, advice: str) -> Finding:
        return Finding(self.name, Level.ERROR, says, advice)


Examination = Callable[[], Iterable[Finding]]


def findings_of(name: str, examine: Examination) -> Iterator[Finding]:
    """Run one examination. If it fails, that is a finding, which names the error and
    does not quote it: it may hold an address with a password."""
    try:
        yield from examine()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        yield Part(name).error(
            f"This could not be examined ({kind}).",
            "See the other findings first; they may be the reason.",
        )


def findings_of_settings(fault: str) -> list[Finding]:
    """Settings with which no command starts, `doctor` neither.

    :param fault: the text of ImproperlyConfigured: a line, or one for each setting.
    """
    first, *others = fault.splitlines()
    part = Part("settings")
    return [
        part.error(line.strip(), "See docs/settings.md.") for line in others or [first]
    ]


def as_json(found: Iterable[Finding]) -> str:
    """A list of findings, for programs."""
    return json.dumps([asdict(each) for each in found], indent=2)
