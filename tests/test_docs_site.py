"""The documents as MkDocs shows them: without another server, and without a script."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from dev.site_links import on_page_markdown as with_links
from dev.site_self_contained import on_page_markdown as with_tables
from dev.site_self_contained import on_post_page
from tests.cases import for_each

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PAGE = SimpleNamespace(file=SimpleNamespace(src_uri="deployment.md"))


def test_the_data_model_is_tables_on_the_site() -> None:
    source = (DOCS / "data-model.md").read_text(encoding="utf-8")

    shown = with_tables(source)

    assert "mermaid" not in shown
    columns = re.findall(r"^ {8}\S+ (\w+)", source, re.MULTILINE)
    assert re.findall(r"^\| `(\w+)` \|", shown, re.MULTILINE) == columns
    user = "[accounts_user](#accounts_user)"
    assert f"| `verified_by_id` | uuid | FK to {user} | yes |" in shown
    assert f"| `user_id` | uuid | FK, UK to {user} |  |" in shown


@for_each("page", PAGES)
def test_the_site_can_draw_what_is_in_its_pages(page: Path) -> None:
    assert "```mermaid" not in with_tables(page.read_text(encoding="utf-8"))


def test_the_site_refuses_a_diagram_that_it_cannot_show() -> None:
    with pytest.raises(ValueError, match="erDiagram"):
        with_tables("```mermaid\nflowchart TD\n```\n")


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://example.org/mermaid.min.js">',
        "<script async src=//example.org/x.js>",
        '<link rel="stylesheet" href="https://example.org/font.css">',
        "<link href=https://example.org/font.css rel=stylesheet>",
        '<img alt="" src="https://example.org/badge.svg">',
    ],
)
def test_the_site_loads_nothing_from_elsewhere(element: str) -> None:
    with pytest.raises(ValueError, match=r"deployment\.md loads from elsewhere"):
        on_post_page(f"<p>{element}</p>", page=PAGE)


@pytest.mark.parametrize(
    "element",
    [
        '<a href="https://example.org/">Elsewhere</a>',
        '<script src="../assets/javascripts/bundle.js">',
        '<link rel="canonical" href="https://example.org/docs/">',
    ],
)
def test_the_site_may_link_elsewhere(element: str) -> None:
    assert on_post_page(element, page=PAGE) == element


def test_files_outside_of_the_site_are_named_once() -> None:
    text = "The [Procfile](../Procfile) and [lanes](../server/README.md#lanes)."

    shown = with_links(text, page=PAGE)

    assert shown == "The `Procfile` and lanes (`server/README.md`)."


@for_each("page", PAGES)
def test_code_between_numbered_steps_belongs_to_them(page: Path) -> None:
    """Else each step is a list of its own there, and has the number 1."""
    text = page.read_text(encoding="utf-8")

    assert re.findall(r"^(?: {1,3}| {5,})```.*", text, re.MULTILINE) == []
    assert re.findall(r"^```\n\n(?:[2-9]|\d\d)\. .*", text, re.MULTILINE) == []
