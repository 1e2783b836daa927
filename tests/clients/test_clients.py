"""Clients that others' generators make of the document, against the running server.

Each of them tells the same story in its own language, and prints what it read.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phr.health_records.models import HealthRecord
from tests.clients.tools import (
    DOCUMENT,
    HERE,
    NODE_MODULES,
    Command,
    insist,
    node,
    of_npm,
    openapi_generator,
    python,
)
from tests.running.conftest import port, run  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

COMPILE = ("--strict", "--target", "es2023", "--module", "nodenext", "--skipLibCheck")
READ = {
    "user_type": "PATIENT",
    "title": "Yearly check-up",
    "listed": ["Yearly check-up"],
    "problems": [
        {"status": 400, "code": "invalid_input", "fields": ["password_confirm"]},
        {"status": 401, "code": "invalid_credentials", "fields": []},
        {"status": 401, "code": "not_authenticated", "fields": []},
        {"status": 404, "code": "not_found", "fields": []},
    ],
}


def openapi_python_client(folder: Path) -> Command:
    """Make the client, and give the command that tells the story by it."""
    made = insist(
        python(
            *("-m", "openapi_python_client", "generate", "--path", DOCUMENT),
            *("--meta", "none", "--output-path", folder / "generated"),
            *("--config", HERE / "openapi-python-client.yaml", "--fail-on-warning"),
        ),
        folder,
    )
    assert "WARNING" not in made
    return python(told_by(folder, "with_openapi_python_client.py"))


def openapi_generator_python(folder: Path) -> Command:
    """Make the client, and give the command that tells the story by it."""
    generate(folder, "python", "--package-name", "generated")
    return python(told_by(folder, "with_openapi_generator.py"))


def openapi_generator_typescript(folder: Path) -> Command:
    """Make the client, compile it, and give the command that tells the story by it."""
    generate(folder / "generated", "typescript-fetch")
    return compiled(folder, "with_typescript_fetch.mts")


def openapi_typescript(folder: Path) -> Command:
    """Make the types, compile by them, and give the command that tells the story."""
    types = folder / "generated.d.ts"
    made = insist(of_npm("openapi-typescript", DOCUMENT, "--output", types), folder)
    assert "warn" not in made.lower()
    return compiled(folder, "with_openapi_typescript.mts")


def generate(folder: Path, language: str, *options: str) -> None:
    """Have openapi-generator make a client."""
    from_document = ("--input-spec", DOCUMENT, "--generator-name", language)
    made = insist(
        openapi_generator("generate", *from_document, "--output", folder, *options)
    )
    assert " ERROR " not in made


def told_by(folder: Path, script: str) -> Path:
    return Path(shutil.copy(HERE / "stories" / script, folder))


def compiled(folder: Path, script: str) -> Command:
    (folder / "node_modules").symlink_to(NODE_MODULES)
    story = told_by(folder, script)
    insist(of_npm("tsc", *COMPILE, story), folder)
    return node(story.with_suffix(".mjs"))


GENERATORS = [
    openapi_python_client,
    openapi_generator_python,
    openapi_generator_typescript,
    openapi_typescript,
]


@pytest.mark.parametrize("make", GENERATORS)
def test_a_generated_client_reads_answers_and_errors(
    port: int,  # noqa: F811 - the fixture
    tmp_path: Path,
    make: Callable[[Path], Command],
) -> None:
    story = make(tmp_path)

    said = insist([*story, f"http://127.0.0.1:{port}"], tmp_path)

    told: Any = json.loads(said)
    assert told == READ
    assert HealthRecord.objects.count() == 1
