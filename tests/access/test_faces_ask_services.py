"""A face has no way of its own to the rows: it calls services, which enter reading."""

import ast
from collections.abc import Iterator
from pathlib import Path

import phr.api
import phr.portal

FACES = (phr.api, phr.portal)
FILES = sorted(file for face in FACES for file in Path(face.__path__[0]).rglob("*.py"))


def asked(tree: ast.AST) -> Iterator[str]:
    """Where managers are asked for rows; `none()` is for the OpenAPI document."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Attribute(attr="objects"), attr="none"):
                pass
            case ast.Attribute(value=ast.Attribute(attr="objects")):
                yield ast.unparse(node)
            case ast.Attribute(attr="select_related" | "prefetch_related" | "raw"):
                yield ast.unparse(node)
            case ast.ImportFrom(module=str(module)) if module.endswith(".querysets"):
                yield ast.unparse(node)


def test_no_view_or_representation_asks_the_database() -> None:
    found = {
        f"{file.name}: {one}"
        for file in FILES
        for one in asked(ast.parse(file.read_text(encoding="utf-8")))
    }

    assert len(FILES) > 50
    assert found == set()


def test_what_asks_the_database_would_be_found() -> None:
    text = """
from phr.care.querysets import CareGrantQuerySet
page = HealthRecord.objects.visible_to(user).select_related("created_by")
queryset = HealthRecord.objects.none()
"""
    assert len(list(asked(ast.parse(text)))) == 3
