"""See that each lock file installs from nothing: with pip, old and new, and with uv.

People install with the pip that their Python brought along, and it was not the one that
the lock was made with: pip before 23.3 takes `coverage[toml]` for another package than
`coverage`. No cache is read, and nothing is kept.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from dev.console import CannotGoOn, say, speak_plainly, step
from dev.install import insist

LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-bench.txt",
    "requirements-otel.txt",
    "requirements-sentry.txt",
    "dev/requirements-docs.txt",
    "tests/clients/requirements.txt",
)
# The one of Python 3.11.0; later Pythons cannot run it, and brought 23.2.1 at least.
OLDEST_PIP = "pip==22.3" if sys.version_info < (3, 12) else "pip==23.2.1"
NEWEST_PIP = "pip"


def install_by_pip(python: Path, lock: str, pip: str) -> None:
    command: list[str | Path] = [python, "-m", "pip", "install", "--no-cache-dir"]
    insist([*command, "--upgrade", pip])
    insist([*command, "--require-hashes", "--no-compile", "-r", lock])
    insist([python, "-m", "pip", "check"])


def install_by_uv(python: Path, lock: str) -> None:
    uv: list[str | Path] = [sys.executable, "-m", "uv", "pip"]
    options = ["--no-cache", "--require-hashes"]
    insist([*uv, "sync", *options, "--python", python, lock])
    insist([*uv, "check", "--python", python])


INSTALLERS: dict[str, Callable[[Path, str], None]] = {
    OLDEST_PIP: lambda python, lock: install_by_pip(python, lock, OLDEST_PIP),
    "the newest pip": lambda python, lock: install_by_pip(python, lock, NEWEST_PIP),
    "uv": install_by_uv,
}


def main() -> int:
    speak_plainly()
    try:
        for lock in LOCKS:
            for name, install in INSTALLERS.items():
                with step(f"{lock} with {name}"):
                    try_in_new_environment(install, lock)
    except CannotGoOn as trouble:
        say(str(trouble))
        return 1
    return 0


def try_in_new_environment(install: Callable[[Path, str], None], lock: str) -> None:
    with tempfile.TemporaryDirectory(prefix="fresh-install-") as folder:
        insist([sys.executable, "-m", "venv", folder])
        install(Path(folder) / "bin" / "python", lock)


if __name__ == "__main__":
    sys.exit(main())
