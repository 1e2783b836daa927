"""A template that was made quicker says what it said before."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine, Template
from django.template.base import NodeList, TextNode, VariableNode
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

import phr.portal
from phr.interfaces.template_nodes import QuickVariable, lists_below, quicken

TEMPLATES = Path(phr.portal.__file__).parent / "templates"
VALUES: dict[str, Any] = {
    "text": """<b>"Ann" & 'Bob'</b>""",
    "safe": mark_safe("<b>Ann</b>"),
    "lazy": gettext_lazy("Records"),
    "number": 12_345,
    "part": Decimal("1234.5"),
    "yes": True,
    "nothing": None,
    "list": ["<", 1],
    "at": datetime(2026, 12, 1, 23, 30, tzinfo=UTC),
    "row": {"name": "<Ann>"},
}
SAID_OF_EACH = [f"{{{{ {name} }}}}" for name in (*VALUES, "row.name", "row.x", "x")]
SOURCE = " ".join(
    [
        *SAID_OF_EACH,
        "{{ text|upper }} {{ nothing|default:'<none>' }} {{ text|safe }}",
        "{% autoescape off %}{{ text }}{{ safe }}{{ number }}{% endautoescape %}",
        "{% if text %}a{# unsaid #}b{{ text }}{% elif safe %}c{% else %}d{% endif %}",
        "{% for each in list %}{{ each }}{{ forloop.counter }}{% empty %}e{% endfor %}",
        "{% for each in nothing %}f{% empty %}{{ text }}{% endfor %}",
        "{% comment %}{{ text }}{% endcomment %}{% with w=text %}{{ w }}{% endwith %}",
    ]
)


def lists_in(nodes: NodeList) -> list[NodeList]:
    """All lists of nodes of a template."""
    below = [one for node in nodes for one in lists_below(node)]
    return [nodes, *(found for one in below for found in lists_in(one))]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_quick_template_says_what_djangos_says(language: str) -> None:
    djangos, quick = Template(SOURCE), Template(SOURCE)
    quicken(quick.nodelist)

    with override(language), timezone.override("Europe/Berlin"):
        said = quick.render(Context(VALUES))
        expected = djangos.render(Context(VALUES))

    assert said == expected
    assert "&lt;b&gt;&quot;Ann&quot; &amp; &#x27;Bob&#x27;&lt;/b&gt;" in said
    assert quick.nodelist.get_nodes_by_type(QuickVariable)


def test_every_template_of_the_portal_is_quick() -> None:
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]
    slow, side_by_side = [], []

    for name in names:
        nodes = Engine.get_default().get_template(name).nodelist
        variables = nodes.get_nodes_by_type(VariableNode)
        slow += [name for one in variables if not isinstance(one, QuickVariable)]
        for one in lists_in(nodes):
            pairs = pairwise(one)
            side_by_side += [
                name for pair in pairs if all(isinstance(n, TextNode) for n in pair)
            ]

    assert len(names) > 50
    assert slow == []
    assert side_by_side == []
