"""How tests read findings."""

from collections.abc import Iterable

from phr.operations.findings import Finding, Level


def sentences(found: Iterable[Finding], level: Level = Level.ERROR) -> list[str]:
    """What the findings of a level say; each of these has advice."""
    said = [each for each in found if each.level is level]
    assert all(each.advice for each in said)
    return [each.says for each in said]


def only(found: Iterable[Finding], level: Level = Level.ERROR) -> str:
    """The one sentence of this level."""
    (sentence,) = sentences(found, level)
    return sentence


def worst(found: Iterable[Finding]) -> list[str]:
    """All errors and warnings."""
    bad = (Level.ERROR, Level.WARNING)
    return [each.says for each in found if each.level in bad]
