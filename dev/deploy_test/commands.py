"""Commands of this test: bounded, and their output shown only when they fail."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev import places
from dev.console import CannotGoOn, step

Command = Sequence[str | Path]


def told(
    command: Command,
    *,
    env: Mapping[str, str] | None = None,
    folder: Path = places.CHECKOUT,
    stdin: str = "",
    seconds: float = 300,
) -> str:
    """Run a command and return what it printed on its standard output.

    :param env: variables beside those of this process.
    :raises CannotGoOn: it failed, or took longer than `seconds`.
    """
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            cwd=folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise CannotGoOn(f"{named(command)} took more than {seconds} s.") from late
    except OSError as error:
        raise CannotGoOn(f"{command[0]}: {error.strerror}.") from error
    if done.returncode != 0:
        said = f"{done.stdout}\n{done.stderr}"[-6_000:]
        raise CannotGoOn(f"{named(command)} exited with {done.returncode}:\n{said}")
    return done.stdout


def named(command: Command) -> str:
    return " ".join(map(str, command))[:120]


def insist(condition: object, complaint: str) -> None:
    """:raises CannotGoOn: with the complaint, unless the condition holds."""
    if not condition:
        raise CannotGoOn(complaint)


def install(packages: Mapping[str, str]) -> None:
    """Install packages of Debian whose programs are missing.

    :param packages: by program.
    :raises CannotGoOn: some are missing, and this is not root on Debian.
    """
    missing = [name for program, name in packages.items() if not shutil.which(program)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotGoOn(f"Install these first: {', '.join(missing)}.")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"apt-get install {' '.join(missing)}"):
        told(["apt-get", "update", "-qq"], seconds=180)
        apt = ["apt-get", "install", "--yes", "-qq", "--no-install-recommends"]
        told([*apt, *missing], env=quiet, seconds=400)
