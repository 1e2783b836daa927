"""The catalogue has the German of all that the code says, and of nothing else."""

import re

import pytest
from babel.messages import Message

from dev.messages import CATALOGUES, faults_of, gathered, read_catalogue, strings

# What is filled in: %(name)s of Python and templates, {name} of the log's sentences.
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MESSAGES = [
    (path.parts[-3], one)
    for path in CATALOGUES
    for one in read_catalogue(path)
    if one.id  # the first is the head of the file
]


def places_of(text: str) -> set[str]:
    return set(PLACE.findall(text))


def sources_of(message: Message) -> tuple[str, ...]:
    """The text of the code; of one that is counted, the forms for one and for many."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def test_the_catalogue_is_what_make_messages_makes_of_the_code() -> None:
    template = gathered()

    faults = [fault for path in CATALOGUES for fault in faults_of(path, template)]

    assert [path.parts[-3] for path in CATALOGUES] == ["de"]
    assert len(template) > 500
    assert faults == []


def test_each_text_has_a_translation_that_somebody_has_looked_at() -> None:
    missing = [
        (language, one.id)
        for language, one in MESSAGES
        if one.fuzzy or not all(strings(one.string))
    ]

    assert missing == []


def test_a_translation_has_the_places_of_its_text() -> None:
    """In each form those of the text, but the form for one may leave the number out."""
    different = [
        (sources_of(one), strings(one.string))
        for _language, one in MESSAGES
        for form in strings(one.string)
        if places_of(form) != places_of(sources_of(one)[-1])
    ]

    assert different == []


@pytest.mark.parametrize("mark", ['"', "...", " - ", "  "])
def test_german_is_set_with_its_own_marks(mark: str) -> None:
    """Quotation marks „ “, an ellipsis, dashes; and no space twice."""
    wrong = [
        form
        for language, one in MESSAGES
        for form in strings(one.string)
        if mark in form.replace('class="visually-hidden"', "")
        and mark not in "".join(sources_of(one)).replace('"', "")
    ]

    assert wrong == []
