"""What the server never does: start a program, run a text as code, unpickle."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.places import CHECKOUT

MODULES = sorted(
    path
    for package in ("phr", "server", "config", "demo")
    for path in CHECKOUT.glob(f"{package}/**/*.py")
)
# Modules and functions by which a program starts, ...
STARTS_PROGRAMS = {
    *("subprocess", "pty", "os.system", "os.popen"),
    *(f"multiprocessing.{name}" for name in ("Process", "Pool", "get_context")),
    *(f"os.{kind}{form}" for kind in ("exec", "spawn") for form in ("l", "v", "vp")),
    *("os.posix_spawn", "asyncio.create_subprocess_exec"),
}
# ... or by which a text or some bytes become code.
RUNS_TEXTS = {"eval", "exec", "compile", "__import__", "code", "runpy"}
UNPICKLES = {"pickle", "marshal", "shelve", "dill"}


def names_used(path: Path) -> Iterator[str]:
    """Modules that are imported, and dotted names that are called or handed on."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module.split(".")[0]
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                yield f"{module}.{name}"
            case ast.Call(func=ast.Name(id=name)):
                yield name


def who_uses(dangerous: set[str]) -> dict[str, set[str]]:
    found = {
        str(path.relative_to(CHECKOUT)): dangerous & set(names_used(path))
        for path in MODULES
    }
    return {path: names for path, names in found.items() if names}


def test_the_server_starts_no_program() -> None:
    assert len(MODULES) > 200
    starts = who_uses(STARTS_PROGRAMS)
    # Those of PostgreSQL, for operators' commands, without a shell.
    assert starts == {"phr/operations/backup/postgres_programs.py": {"subprocess"}}


def test_only_commands_of_operators_reach_what_starts_programs() -> None:
    reached = {"phr.operations.backup.postgres_programs"}
    while more := who_imports(reached) - reached:
        reached |= more

    others = {
        name
        for name in reached
        if not name.startswith(
            ("phr.operations.backup.", "phr.operations.management.commands.")
        )
    }
    assert len(reached) > 5
    assert others == set()


def who_imports(modules: set[str]) -> set[str]:
    """Our modules that import one of these, or something in one."""
    return {
        ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
        for path in MODULES
        if any(
            node.module in modules
            or any(f"{node.module}.{alias.name}" in modules for alias in node.names)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        )
    }


def test_no_text_is_run_as_code() -> None:
    assert who_uses(RUNS_TEXTS) == {}


def test_nothing_is_unpickled() -> None:
    assert who_uses(UNPICKLES) == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import subprocess as s", "subprocess"),
        ("from os import system", "os.system"),
        ("import os\nos.popen('x')", "os.popen"),
        ("from multiprocessing import Process", "multiprocessing.Process"),
        ("eval(text)", "eval"),
        ("from pickle import loads", "pickle"),
    ],
)
def test_such_a_line_would_be_found(tmp_path: Path, text: str, name: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(text)

    assert name in set(names_used(module))
