"""An environment in which nothing is set, or what an installation needs."""

import pytest

from config.environment import Environment
from tests.production import NEEDED

VARIABLES = [
    name.upper() + ending
    for name in Environment.model_fields
    for ending in ("", "_FILE")
]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch
