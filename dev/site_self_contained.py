"""Has the documents' site (MkDocs) load nothing from elsewhere.

Its theme would have each reader fetch Mermaid from a public server. The one diagram of
the site is of tables and their columns, and so is shown as tables, without a script.
"""

import re
from typing import Any

DIAGRAM = re.compile(r"```mermaid\nerDiagram\n(.*?)```\n", re.DOTALL)
RELATION = re.compile(r'^ {4}(\w+) \S+ (\w+) : "(\w+)"$', re.MULTILINE)
TABLE = re.compile(r"^ {4}(\w+) \{\n(.*?)^ {4}\}$", re.DOTALL | re.MULTILINE)
COLUMN = re.compile(r'^ {8}(\S+) (\w+)(?: ([A-Z, ]+?))?(?: "(null)")?$', re.MULTILINE)
SECTION = re.compile(r"^### (\w+)\n\n.+\n", re.MULTILINE)
LOADED = re.compile(
    r"<(?:script|img|iframe)\b[^>]*\bsrc=\"?(?:https?:)?//"
    r"|<link\b(?=[^>]*\brel=\"?(?:stylesheet|icon|preload|preconnect))"
    r"[^>]*\bhref=\"?(?:https?:)?//"
)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the columns of a diagram into the sections that tell of its tables.

    :raises ValueError: a diagram that is not one of tables, which nothing draws here.
    """
    diagram = DIAGRAM.search(markdown)
    if diagram:
        found = tables_of(diagram[1])
        rest = markdown.replace(diagram[0], "")
        markdown = SECTION.sub(lambda s: s[0] + found.get(s[1], ""), rest)
    if "```mermaid" in markdown:
        raise ValueError("The site can only show diagrams of tables (erDiagram).")
    return markdown


def tables_of(diagram: str) -> dict[str, str]:
    """The columns of each table, as a table of Markdown."""
    targets = {(name, key): one for one, name, key in RELATION.findall(diagram)}
    return {
        name: "\n| column | type | key | null |\n|---|---|---|---|\n"
        + "".join(row(targets, name, *found) for found in COLUMN.findall(columns))
        for name, columns in TABLE.findall(diagram)
    }


def row(targets: dict[tuple[str, str], str], table: str, *column: str) -> str:
    kind, name, key, empty = column
    target = targets.get((table, name.removesuffix("_id")))
    if target:
        key += f" to [{target}](#{target})"
    return f"| `{name}` | {kind} | {key} | {'yes' if empty else ''} |\n"


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """:raises ValueError: the page makes browsers ask another server for something."""
    foreign = LOADED.search(output)
    if foreign:
        raise ValueError(f"{page.file.src_uri} loads from elsewhere: {foreign[0]}")
    return output
