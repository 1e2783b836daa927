"""Where things lie: data, sockets, and the folders that are ours alone.

An ordinary user's data are in `.data/` of the checkout. PostgreSQL refuses to run as
root, and another account may not enter root's folders: for root the database is under
/var/lib/health-record-api. Sockets have short paths, for the system allows some
100 characters and a checkout may lie deeper.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from dev.console import CannotGoOn
from phr.core.private_folder import NotPrivate, private_folder

CHECKOUT = Path(__file__).resolve().parents[1]
DATA = CHECKOUT / ".data"
ROOTS_BASE = Path("/var/lib/health-record-api")
# Room for "/" + what we make below it + "/.s.PGSQL.5432" in macOS's 104 bytes.
LONGEST_BASE = 48
THROWAWAY = "throwaway-"
# Seconds in which a new folder may not have its lock yet.
JUST_MADE = 60


def as_root() -> bool:
    return os.geteuid() == 0


def label() -> str:
    """A short name for this checkout that no other checkout on the machine has."""
    words = re.sub(r"[^a-z0-9]+", "-", CHECKOUT.name.lower()).strip("-")[:16]
    digest = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:10]
    return f"{words or 'checkout'}-{digest}"


def own_folder(path: Path, mode: int = 0o700) -> Path:
    """Make a folder, or make sure that the one there is ours and nobody else's.

    :raises CannotGoOn: others could swap what is in it.
    """
    try:
        return private_folder(path, mode)
    except NotPrivate as reason:
        raise CannotGoOn(str(reason)) from reason


def base() -> Path:
    """The folder, short and safe from others, for sockets and throw-away data."""
    if as_root():
        return own_folder(ROOTS_BASE, 0o755)
    name = f"health-record-api-{os.geteuid()}"
    temporary = Path(tempfile.gettempdir()) / name
    short = len(os.fsencode(temporary)) <= LONGEST_BASE
    return own_folder(temporary if short else Path("/tmp") / name)


def checkout_folder() -> Path:
    """What this checkout has in the base folder."""
    return own_folder(base() / label(), 0o755 if as_root() else 0o700)


def sockets() -> Path:
    """The folder of the database's socket."""
    return checkout_folder() / "sockets"


def database() -> Path:
    """The folder of this checkout's database."""
    return (checkout_folder() if as_root() else own_folder(DATA)) / "postgres"


def throwaway_folder() -> tuple[Path, int]:
    """A new folder for servers of one test run, and the lock that says it is in use."""
    sweep()
    path = Path(tempfile.mkdtemp(prefix=THROWAWAY, dir=base()))
    path.chmod(0o755 if as_root() else 0o700)
    lock = os.open(path / "in-use", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return path, lock


def sweep() -> None:
    """Remove the throw-away folders of runs that were killed with their guard."""
    for path in base().glob(f"{THROWAWAY}*"):
        if not is_in_use(path):
            shutil.rmtree(path, ignore_errors=True)


def is_in_use(path: Path) -> bool:
    try:
        if time.time() - path.stat().st_mtime < JUST_MADE:
            return True
        lock = os.open(path / "in-use", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
