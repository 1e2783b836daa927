"""Sentences about invented visits: what is written at one visit is about one thing."""

import random
from functools import cache
from typing import NamedTuple

from benchmarks.filling import words

TOPICS = 3_000
VARIANTS = 6  # of sentences for each text of a topic


class Topic(NamedTuple):
    """The words that one visit turns around."""

    site: str
    complaint: str
    quality: str
    time: str
    cause: str
    test: str
    help: str
    place: str
    eponym: str
    medicine: str
    other: str
    dose: int
    days: int


TEMPLATES = {
    "title": (
        "{quality} {complaint} of the {site}",
        "{site}: {complaint} since {time}",
        "{complaint} after {cause}",
        "{test} because of the {site}",
        "{eponym} sign, {site}",
        "Control of the {site} and {medicine}",
    ),
    "description": (
        "The {quality} {complaint} of the {site} began after {cause} in {time}.",
        "Since {time} the {site} has been the trouble, {quality} at first.",
        "There was {complaint} of the {site} after {cause}, and again since {time}.",
        "Came back from {place}, where the {site} was looked at after {cause}.",
        "The {site} is better than in {time}, but {cause} still brings {complaint}.",
        "Asks whether the {complaint} of the {site} comes from {cause} near {place}.",
    ),
    "symptoms": (
        "The {complaint} is {quality}, the {site} is warm and tender after {cause}.",
        "No fever, the {site} moves freely, {quality} {complaint} after {cause}.",
        "{complaint} of the {site} at night, {quality} in the morning, less by {time}.",
        "The {site} shows little, the {complaint} is {quality}, it comes with {cause}.",
        "After {cause} the {site} was {quality} for {days} days, then {complaint}.",
        "The {complaint} wakes the patient {days} times a week since {time}.",
    ),
    "diagnosis": (
        "{eponym} syndrome of the {site} is likely, the {test} fits the {complaint}.",
        "The {test} of the {site} is normal, no sign of {eponym} after {cause}.",
        "{quality} {complaint} of the {site} from {cause}; {eponym} test negative.",
        "The {test} shows a {quality} change of the {site}, no {eponym} sign.",
        "As in {place}: {eponym} disease is ruled out by the {test}.",
        "{complaint} from {cause}, {test} to be repeated in {days} days.",
    ),
    "treatment": (
        "{help} of the {site} for {days} days, no {cause} until the {test} is back.",
        "The {site} gets {help} twice a week in {place}, and rest after {cause}.",
        "Goes on with {help}, and comes back if the {complaint} does after {cause}.",
        "{help} and less {cause}; the {test} of the {site} again in {time}.",
        "Sent to {place} for {help} of the {site}, with the {test} and this letter.",
        "{help} in the morning, {cause} as before, the {site} again in {days} days.",
    ),
    "medications": (
        "{medicine} {dose} mg, one tablet in the morning for {days} days.",
        "{medicine} {dose} mg at night if the {complaint} is {quality}.",
        "Half a tablet of {medicine} {dose} mg instead of {other} until {time}.",
        "{other} is stopped, {medicine} {dose} mg goes on for {days} days.",
        "{medicine} and {other} as before, a tablet of each after supper.",
        "No {other} with the {medicine}; {dose} mg is enough for the {complaint}.",
    ),
    "comment": (
        "Seen and agreed, the {site} may be moved, {help} until the {test} is back.",
        "Please take the {medicine} with water and tell me if the {complaint} goes on.",
        "The {test} came back normal, the {site} needs {help} and time, no {other}.",
        "I would wait with {other}; {medicine} will do while the {site} is {quality}.",
        "Spoke with the colleague in {place} on the {site}: {help}, then the {test}.",
        "Good that {cause} works again, come back in {time} for the {test}.",
    ),
}
HOW_MANY = {"description": 3, "symptoms": 2, "diagnosis": 2, "treatment": 2}
HOW_MANY |= {"medications": 2, "comment": 1}
# Of a record. One that has come later, with a default, is left blank.
TEXTS = [name for name in HOW_MANY if name != "comment"]


@cache
def topic(number: int) -> Topic:
    dice = random.Random(f"topic {number}")
    return Topic(
        site=dice.choice(words.SITES),
        complaint=dice.choice(words.COMPLAINTS),
        quality=dice.choice(words.QUALITIES),
        time=dice.choice(words.TIMES),
        cause=dice.choice(words.CAUSES),
        test=dice.choice(words.TESTS),
        help=dice.choice(words.HELP),
        place=dice.choice(words.PLACES),
        eponym=words.EPONYMS[number % len(words.EPONYMS)],
        medicine=words.MEDICINES[number % len(words.MEDICINES)],
        other=words.MEDICINES[number * 7 % len(words.MEDICINES)],
        dose=5 * dice.randint(1, 40),
        days=dice.randint(2, 28),
    )


@cache
def sentence(kind: str, number: int, variant: int) -> str:
    """A sentence about a topic, for the title or one of the texts."""
    text = TEMPLATES[kind][variant].format_map(topic(number)._asdict())
    return text[0].upper() + text[1:]


def draw_topic(dice: random.Random) -> int:
    """One of the topics; the first ones come often, as in life."""
    return int(TOPICS * dice.random() ** 2)


def draw_text(dice: random.Random, kind: str, number: int) -> str:
    return text(kind, number, int(dice.random() * VARIANTS))


@cache
def text(kind: str, number: int, first: int) -> str:
    """Some neighbouring sentences of a topic, none of them twice."""
    return " ".join(
        sentence(kind, number, (first + step) % VARIANTS)
        for step in range(HOW_MANY[kind])
    )


def draw_rare_sentence(dice: random.Random) -> str:
    word = words.RARE_WORDS[int(len(words.RARE_WORDS) * dice.random() ** 2)]
    return f" The family knows of {word}."
