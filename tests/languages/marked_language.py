"""A language whose texts are the English ones in marks, so that others stand out.

It takes the place of German: what a reader of German sees outside of the marks has not
come through the catalogue, or is no text of ours.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element
from zoneinfo import available_timezones

import html5lib
import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import CharField, TextField
from django.utils.translation import trans_real

from phr.identity.second_factors import PASSKEY

BEGIN, END = "⟦", "⟧"
MARKED = {"accept-language": "de"}
MARKS = "de-x-marks"  # not "de", or what is remembered of one would be of the other
HTML = "{http://www.w3.org/1999/xhtml}"
# Attributes that are shown or read out.
SPOKEN = ("alt", "aria-label", "label", "placeholder", "title")
# Places, as the database of time zones spells them.
ZONES = {
    place.replace("_", " ")
    for zone in available_timezones()
    for place in zone.split("/")[1:]
}
# Elements whose text nobody reads, or that somebody has typed.
SILENT = {"script", "style", "textarea", "ins", "del"}
# The same in each language: what doctors are called, blood types, units.
COMMON = re.compile(r"\bDr\.|\bAB[+-]|\b[kM]B\b")
# Ids, codes and keys.
CODE = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b(?=\w*\d)[0-9A-Za-z]+\b|\b[A-Z2-7]{4,}\b|\b[\w-]+\.[\w./-]+\b"
)
WORD = re.compile(r"[^\W\d_]{2,}")


class MarkedTexts:
    """What Django asks for a text in the active language."""

    def gettext(self, message: str) -> str:
        return f"{BEGIN}{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}{END}"

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        return MARKS


@contextmanager
def marked_language() -> Iterator[None]:
    """Have everybody who asks for German get English in marks."""
    trans_real.translation("de")  # else it is loaded over what stands there meanwhile
    with pytest.MonkeyPatch.context() as patch:
        for code in ("de", MARKS):
            patch.setitem(vars(trans_real)["_translations"], code, MarkedTexts())
        yield


def unmarked_words(page: str) -> list[str]:
    """The texts of a page that are neither marked nor what somebody has given."""
    given = texts_of_people()
    found, depth = [], 0
    for text in texts_in(html5lib.parse(page)):
        outside, depth = outside_of_marks(text, depth)
        if has_words(outside, given):
            found.append(" ".join(outside.split()))
    return found


def texts_in(element: Element) -> Iterator[str]:
    """All that is shown or read out, in the order of the page."""
    name = str(element.tag).removeprefix(HTML)
    own_language = element.get("lang") and name != "html"
    if not isinstance(element.tag, str) or name in SILENT or own_language:
        yield element.tail or ""
        return
    # A text in an attribute is whole in itself.
    yield from (element.get(attribute, "") for attribute in SPOKEN)
    if name == "input" and element.get("type") in {"submit", "button"}:
        yield element.get("value", "")
    yield element.text or ""
    for child in element:
        yield from texts_in(child)
    yield element.tail or ""


def outside_of_marks(text: str, depth: int) -> tuple[str, int]:
    """A text without what stands in marks.

    :param depth: how many marks were opened before it: they may go over elements.
    """
    outside = []
    for character in text:
        depth += (character == BEGIN) - (character == END)
        if depth == 0 and character != END:
            outside.append(character)
    return "".join(outside), depth


def has_words(text: str, given: list[str]) -> bool:
    """Whether there are words in a text beside what people have given."""
    if not WORD.search(text):
        return False
    for one in given:
        text = text.replace(one, " ")
    return bool(WORD.search(CODE.sub(" ", COMMON.sub(" ", text))))


def texts_of_people() -> list[str]:
    """Names, addresses and all that was typed, longest first, as the database has it.

    Also what groups and languages are called, and the places of time zones.
    What is one of a few choices is a code, for which a page has to have words.
    """
    texts = {
        settings.INSTALLATION_NAME,
        *ZONES,
        "UTC",
        *dict(settings.LANGUAGES).values(),
    }
    texts |= set(Group.objects.values_list("name", flat=True))
    texts |= {
        passkey.wrap().name for passkey in Authenticator.objects.filter(type=PASSKEY)
    }
    for model in apps.get_models():
        if not model.__module__.startswith(("phr.", "allauth.")):
            continue
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField) and not field.choices
        ]
        for row in model._default_manager.values_list(*columns):
            texts |= {str(value) for value in row if value}
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return sorted((one for one in lines if WORD.search(one)), key=len, reverse=True)
