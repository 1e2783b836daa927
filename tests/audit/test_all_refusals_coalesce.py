"""No code enters a refused attempt but by the way that coalesces them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# They hand what they make to `note_denied_access`.
COALESCING = {
    ("phr/audit/services.py", "note_denied"),
    ("phr/audit/services.py", "note_denied_sign_in"),
    ("phr/care/emergency_access.py", "note_denied"),
}


def name_of(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    )


def says_an_outcome(call: ast.Call) -> bool:
    """Whether it may make a refusal: by name, by place, or by what is not seen here."""
    unseen = {None, "outcome"} & {keyword.arg for keyword in call.keywords}
    return bool(unseen) or len(call.args) > 6


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return (node for node in nodes if isinstance(node, ast.FunctionDef))


def calls_in(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def refusals_made(path: Path) -> Iterator[str]:
    """The functions of a file that make an access with an outcome of its own."""
    for function in functions_of(path):
        accesses = (one for one in calls_in(function) if name_of(one) == "Access")
        if any(says_an_outcome(one) for one in accesses):
            yield function.name


def test_refused_attempts_are_made_where_they_are_coalesced_only():
    found = {
        (str(path.relative_to(ROOT)), function)
        for path in (ROOT / "phr").rglob("*.py")
        for function in refusals_made(path)
    }

    assert found == COALESCING


def test_and_what_makes_them_enters_them_by_the_way_that_coalesces():
    for path, name in COALESCING:
        (function,) = (one for one in functions_of(ROOT / path) if one.name == name)
        used = {name_of(call) for call in calls_in(function)}
        assert "note_denied_access" in used
        assert "note" not in used
