"""The lock files, as installers of all ages read them."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
ENTRY = re.compile(r"^[A-Za-z0-9][^;\\\n]*", re.MULTILINE)


def locked(lock: str) -> dict[str, Requirement]:
    found = map(Requirement, ENTRY.findall((ROOT / lock).read_text()))
    return {canonicalize_name(each.name): each for each in found}


def asked_for(package: Requirement) -> list[Requirement]:
    """What an installed package wants of others, those of its extras included."""
    try:
        wanted = map(Requirement, metadata.requires(package.name) or ())
    except metadata.PackageNotFoundError:  # one for measuring, or another system
        return []
    extras = ["", *package.extras]
    return [
        each
        for each in wanted
        if each.marker is None
        or any(each.marker.evaluate({"extra": e}) for e in extras)
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_package_is_locked_with_the_extras_that_others_ask_for(lock: str) -> None:
    packages = locked(lock)
    asked = [each for package in packages.values() for each in asked_for(package)]
    missing = {
        str(each)
        for each in asked
        if not each.extras <= packages[canonicalize_name(each.name)].extras
    }

    assert [each for each in asked if each.extras] != []
    assert missing == set()
