"""The document is clean by the validators that other people use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.tools import DOCUMENT, HERE, Command, of_npm, python, run


def openapi_spec_validator(path: Path) -> Command:
    return python("-m", "openapi_spec_validator", path)


def spectral(path: Path) -> Command:
    rules = HERE / "spectral.yaml"
    return of_npm("spectral", "lint", path, "--ruleset", rules, "--fail-severity=hint")


def redocly(path: Path) -> Command:
    return of_npm("redocly", "lint", path, "--config", HERE / "redocly.yaml")


VALIDATORS = [openapi_spec_validator, spectral, redocly]
EACH = pytest.mark.parametrize("validator", VALIDATORS)


@EACH
def test_a_validator_has_nothing_to_say(validator: Callable[[Path], Command]) -> None:
    status, said = run(validator(DOCUMENT))

    assert status == 0, said
    assert "warning" not in said.lower()


@EACH
def test_a_tag_that_stands_twice_is_found(
    validator: Callable[[Path], Command], tmp_path: Path
) -> None:
    broken = tmp_path / "openapi.yaml"
    tag = "- name: staff\n"
    text = DOCUMENT.read_text("utf-8")
    assert tag in text
    broken.write_text(text.replace(tag, f"{tag}  description: Again.\n{tag}"), "utf-8")

    status, said = run(validator(broken))

    assert status != 0
    assert "staff" in said
