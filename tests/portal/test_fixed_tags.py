"""What a tag says each time is text in a template that has been parsed."""

import pytest
from django.template import Context, Engine, Template
from django.template.base import Node
from django.test import Client
from django.utils.translation import override

from phr.portal.fixed_tags import FixedText
from phr.portal.icons import icon, kind_icon
from phr.portal.templatetags.portal import asset

LOAD = "{% load i18n portal %}"


def parsed(source: str) -> Template:
    return Template(LOAD + source)


def fixed_in(template: Template) -> list[str]:
    nodes = template.nodelist.get_nodes_by_type(FixedText)
    return [node.s for node in nodes if isinstance(node, FixedText)]


def test_tags_of_what_is_written_out_are_text():
    tags = [
        "{% translate 'Records' %}",
        "{% icon 'eye' %}",
        "{% kind_icon 'CHECKUP' %}",
        "{% page 'portal:records' %}",
        "{% asset 'portal/portal.js' %}",
    ]

    assert fixed_in(parsed("".join(tags))) == [
        "Records",
        icon("eye"),
        kind_icon("CHECKUP"),
        "/records/",
        asset("portal/portal.js"),
    ]


def test_what_is_only_known_later_is_said_later():
    template = parsed(
        "{% icon name %} {% page 'portal:inbox' as address %}{{ address }}"
        " {% translate words %} {% translate 'Home' as home %}{{ home }}"
        " {% translate 'Comment' context kind %}"
    )
    said = template.render(Context({"name": "eye", "words": "Records", "kind": "x"}))

    assert fixed_in(template) == []
    assert said == f"{icon('eye')} /inbox/ Records Home Comment"


def test_a_template_is_parsed_apart_for_each_language():
    engine = Engine.get_default()
    with override("de"):
        german = engine.get_template("portal/partials/unread.html")
    with override("en"):
        english = engine.get_template("portal/partials/unread.html")
        again = engine.get_template("portal/partials/unread.html")

    assert english is again
    assert german.render(Context({"unread": 2})) != english.render(
        Context({"unread": 2})
    )


@pytest.mark.django_db
def test_forms_speak_each_language_whichever_was_spoken_before():
    pages = [
        Client().get("/sign-up/", headers={"accept-language": language})
        for language in ("en", "de", "en")
    ]

    shown = [page.content.decode() for page in pages]
    assert ["Show what I type" in each for each in shown] == [True, False, True]
    assert ["Eingabe anzeigen" in each for each in shown] == [False, True, False]


def test_texts_of_tags_are_found_by_who_gathers_them():
    nodes = parsed("{% translate 'Records' %}").nodelist.get_nodes_by_type(Node)

    assert [
        type(node.tag).__name__ for node in nodes if isinstance(node, FixedText)
    ] == ["TranslateNode"]
