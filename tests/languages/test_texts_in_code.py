"""What people read is marked for translation where it stands in a module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.functional import Promise

from phr.accounts.language import Language
from phr.core.queues import Queue
from tests.cases import for_each

PRODUCT = Path(__file__).parents[2] / "phr"

# A sentence or a title: it begins with a capital letter, or with what is filled in.
BEGIN = re.compile(r"[A-Z](?![A-Z])|\d|\{\}")
WORD = re.compile(r"[(]?[a-z'-]{2,}[,;:.)]*")
MARKS = {
    *("_", "gettext", "gettext_lazy", "gettext_noop"),
    *("ngettext", "ngettext_lazy"),
}
# What they are called with is for whoever runs the server, or changes it.
UNHEARD = {
    "BadRequest",  # each has the same page, whatever was wrong
    *(
        "ImproperlyConfigured",
        "RuntimeError",
        "TypeError",
        "ValueError",
        "AssertionError",
    ),
    *("Counter", "Gauge", "Histogram", "measured"),
    *("debug", "info", "warning", "error", "exception"),  # of the log
}

# What is in English for everybody.
ENGLISH = {
    "api/openapi": "the OpenAPI document",
    "api/pages": "the guide and the pages around it, which explain the document",
    "operations": "what examines an installation",
    "archive/formats": "importing is a command",
    "archive/imported_people.py": "importing is a command",
    "archive/importer.py": "importing is a command",
    "archive/model_builders.py": "importing is a command",
    "archive/reader.py": "importing is a command",
    "archive/json_schema.py": "the schema of an archive, for programs",
    "audit/database_roles.py": "a command says it",
    "audit/verification.py": "a command says it; the portal has words of its own",
    "api/problem_kinds.py": "its advice stands in the guide",
    "core/backing_services.py": "a check of the configuration",
    "core/postgres": "for the log",
    "core/private_folder.py": "for the log",
    "core/queues.py": "names for whoever reads the code",
    "core/redis_client.py": "for the log",
    "portal/style_guide": "shows what pages are made of, for whoever makes them",
}
FOLDERS = ("migrations", "management")
FILES = ("docs.py", "gauges.py", "metrics.py")
# In serializers and filters: they stand in the OpenAPI document.
DOCUMENTED = ("help_text", "label", "description")
# Single texts that stay as they are, by how they begin.
KEPT = {
    "From `next` or `previous`": "the OpenAPI document",
    "May be blank if": "the OpenAPI document",
    "Only allowed, or only refused": "the OpenAPI document",
    "Not only digits, not common": "the OpenAPI document",
    "The state of the grant, as in": "the OpenAPI document",
    "One type of record": "the OpenAPI document",
    "The maximum number of results": "the OpenAPI document",
    "Submissions in one state": "the OpenAPI document",
    "The number that you looked at": "the OpenAPI document",
    "The details that staff verify": "the OpenAPI document",
    "The doctor's account was closed": "stored, and translated when it is read",
    "Staff found this access not": "stored, and translated when it is read",
}


def modules() -> list[str]:
    names = [path.relative_to(PRODUCT).as_posix() for path in PRODUCT.rglob("*.py")]
    return sorted(
        name
        for name in names
        if not name.startswith(tuple(ENGLISH))
        and not set(FOLDERS) & set(name.split("/"))
        and not name.endswith(FILES)
    )


def unmarked_texts(source: str, *, of_the_api: bool) -> Iterator[str]:
    """The texts of a module that are said to people as they stand there."""
    todo: list[ast.AST] = [ast.parse(source)]
    while todo:
        node = todo.pop()
        if is_for_others(node, of_the_api=of_the_api):
            continue
        text = text_of(node)
        if isinstance(node, ast.AnnAssign):  # what a type says is for the document
            todo += [node.value] if node.value else []
        elif text is None:
            todo += ast.iter_child_nodes(node)
        elif is_for_people(text):
            yield text


def is_for_others(node: ast.AST, *, of_the_api: bool) -> bool:
    """Whether what stands here is marked, or is read by nobody who uses the server."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True  # a docstring
        case ast.Call():
            return name_of(node.func) in MARKS | UNHEARD
        case ast.keyword():
            return of_the_api and node.arg in DOCUMENTED
        case _:
            return False


def text_of(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(shown, values))
        case _:
            return None


def is_for_people(text: str) -> bool:
    begins = BEGIN.match(text) and not text.startswith(tuple(KEPT))
    return bool(begins) and any(map(WORD.fullmatch, text.split()[1:]))


def name_of(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def shown(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


@for_each("name", modules())
def test_each_text_of_a_module_is_marked_for_translation(name: str) -> None:
    source = (PRODUCT / name).read_text()

    assert list(unmarked_texts(source, of_the_api=name.startswith("api/"))) == []


def test_each_choice_of_a_column_has_words_that_are_marked() -> None:
    """But for blood types, languages' own names, and what nobody reads."""
    unmarked = [
        f"{model.__name__}.{field.name}: {words}"
        for model in apps.get_models()
        if model.__module__.startswith("phr.")
        for field in model._meta.get_fields()
        for _value, words in getattr(field, "choices", None) or ()
        if not isinstance(words, Promise) and re.search("[a-z]", words)
        if words not in (*Language.labels, *Queue.labels)
    ]

    assert unmarked == []


def test_what_is_left_out_is_there() -> None:
    assert [name for name in ENGLISH if not (PRODUCT / name).exists()] == []


@pytest.mark.parametrize(
    "line",
    [
        'raise NotFound("This receipt does not exist.")',
        'title = "Not found here"',
        'said = f"{doctor} was verified."',
        'text = _("Sent: %s") % "To the owner"',
        'TITLES = {"care": "Doctors and access"}',
    ],
)
def test_a_text_without_a_mark_is_found(line: str) -> None:
    assert list(unmarked_texts(line, of_the_api=False))


@for_each("name", modules())
def test_no_text_is_marked_within_another_string(name: str) -> None:
    """Before Python 3.12, what gathers the texts for the catalogue cannot see it."""
    nodes = ast.walk(ast.parse((PRODUCT / name).read_text()))
    strings = [node for node in nodes if isinstance(node, ast.JoinedStr)]

    assert [ast.unparse(string) for string in strings if has_mark(string)] == []


def has_mark(string: ast.JoinedStr) -> bool:
    calls = (node for node in ast.walk(string) if isinstance(node, ast.Call))
    return any(name_of(call.func) in MARKS for call in calls)
