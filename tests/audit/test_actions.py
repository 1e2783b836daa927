"""The ledger's actions: each is used, and has a sentence for people."""

import re
from collections import Counter
from pathlib import Path

import pytest

from phr.api.audit.filters import ACTION, LONGEST_ACTION
from phr.audit.actions import Action, sentence_of
from phr.audit.models import AccessEntry, Outcome
from tests.cases import for_each

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [
    path
    for path in (ROOT / "phr").rglob("*.py")
    if path != ROOT / "phr/audit/actions.py"
]


def test_every_action_is_entered_somewhere() -> None:
    used = {
        name
        for path in PRODUCT
        for name in re.findall(r"\bAction\.([A-Z_]+)", path.read_text())
    }

    assert used == set(Action.names)


@for_each("action", Action)
def test_an_action_is_stored_as_the_filter_of_the_api_takes_it(action: Action) -> None:
    assert re.fullmatch(ACTION, action.value)
    assert len(action.value) <= LONGEST_ACTION


@for_each("action", Action)
def test_an_action_has_a_sentence_for_people(action: Action) -> None:
    assert re.fullmatch(r"[A-Z][a-z]+[\w' -]+\w", str(action.label))
    assert "_" not in action.label


def test_no_two_actions_read_the_same() -> None:
    sentences = Counter(action.label.lower() for action in Action)

    assert max(sentences.values()) == 1


def test_a_sentence_says_that_something_was_refused() -> None:
    opened = Action.RECORD_OPENED

    assert sentence_of(opened, Outcome.ALLOWED) == "Opened a health record"
    assert sentence_of(opened, Outcome.REFUSED) == "Refused: opened a health record"


@pytest.mark.parametrize("stored", ["care.thing_of_tomorrow", "x"])
def test_an_action_of_another_release_is_shown_as_it_is_stored(stored: str) -> None:
    assert sentence_of(stored, Outcome.ALLOWED) == stored
    assert str(AccessEntry(action=stored, outcome="REFUSED")) == f"Refused: {stored}"
