"""Writes docs/data-model.md from the models, or with `--check` sees that it is current.

The document has a Mermaid entity-relationship diagram and, for each table, the rules
that the database itself holds.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any, TypeAlias

import django
from django.apps import apps
from django.db import connection
from django.db.models.options import Options

from dev import places
from dev.console import say

Facts: TypeAlias = "Options[Any]"

COMMITTED = places.CHECKOUT / "docs" / "data-model.md"
# Only the names of types are asked, so nothing has to listen here.
PLACEHOLDERS = {
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "DATABASE_URL": "postgresql://nobody@localhost/nothing",
    "REDIS_URL": "redis://localhost/0",
}
SHORT_TYPES = {"timestamp with time zone": "timestamptz"}
INTRODUCTION = """\
# Data model

Generated from the models by `python -m dev.data_model`; a test compares the two. Edit
the models, not this file.

`PK` is the primary key, `FK` a foreign key, `UK` a column whose values are unique;
`null` means that the column may be empty. Times are kept in UTC. Django's own tables
(groups, permissions, the admin site's sessions and log) are left out.
"""


def tables() -> list[Facts]:
    """What Django knows of the models of phr, the lower apps first."""
    configs = [found for found in apps.get_app_configs() if in_phr(found.name)]
    return [facts(model) for config in configs for model in config.get_models()]


def in_phr(name: str) -> bool:
    return name.partition(".")[0] == "phr"


def facts(model: Any) -> Facts:
    found: Facts = model._meta
    return found


def render() -> str:
    """The whole document."""
    found = tables()
    lines = [INTRODUCTION, "```mermaid", "erDiagram"]
    lines += [line for table in found for line in relations(table)]
    lines += [line for table in found for line in columns(table)]
    lines += ["```", "", "## Tables, and the rules that the database holds"]
    lines += [line for table in found for line in description(table)]
    return "\n".join(lines) + "\n"


def relations(table: Facts) -> Iterator[str]:
    """One line for each foreign key: how many of these belong to one of those."""
    for column in table.concrete_fields:
        target = facts(column.related_model) if column.is_relation else None
        if target is None or not in_phr(target.app_config.name):
            continue
        one = "|o" if column.null else "||"
        many = "o|" if column.one_to_one else "o{"
        yield f'    {target.db_table} {one}--{many} {table.db_table} : "{column.name}"'


def columns(table: Facts) -> Iterator[str]:
    yield f"    {table.db_table} {{"
    for column in table.concrete_fields:
        words = [type_of(column), column.column, keys(column)]
        if column.null:
            words.append('"null"')
        yield "        " + " ".join(filter(None, words))
    yield "    }"


def type_of(column: Any) -> str:
    name = str(column.db_type(connection))
    return SHORT_TYPES.get(name, name).replace(" ", "_")


def keys(column: Any) -> str:
    marks = {
        "PK": column.primary_key,
        "FK": column.is_relation,
        "UK": column.unique and not column.primary_key,
    }
    return ", ".join(mark for mark, holds in marks.items() if holds)


def description(table: Facts) -> Iterator[str]:
    yield from ("", f"### {table.db_table}", "")
    yield " ".join((table.model.__doc__ or "").split("\n\n")[0].split())
    rules = [*table.constraints, *getattr(table, "triggers", ())]
    if rules:
        yield ""
        yield from (f"- `{rule.name}`" for rule in rules)


def main() -> int:
    for name, value in PLACEHOLDERS.items():
        os.environ.setdefault(name, value)
    django.setup()
    generated = render()
    if "--check" not in sys.argv:
        COMMITTED.write_text(generated, encoding="utf-8")
        say(f"{COMMITTED.relative_to(places.CHECKOUT)} is written.")
        return 0
    if COMMITTED.exists() and COMMITTED.read_text(encoding="utf-8") == generated:
        return 0
    say("docs/data-model.md does not match the models: python -m dev.data_model")
    return 1


if __name__ == "__main__":
    sys.exit(main())
