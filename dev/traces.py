"""What is outside of the checkout, and goes with `make reset` and `make clean`.

All checkouts of an account share the folder of `places.base()`. For root there is an
account for PostgreSQL as well, which is removed if it was made here.
"""

import shutil
import subprocess
import sys

from dev import places
from dev.console import CannotGoOn, say, speak_plainly
from dev.postgres_binaries import ACCOUNT_MADE, COPY

NO_SUCH_ACCOUNT = 6  # what userdel ends with: userdel(8)


def remove_shared() -> None:
    """Remove the folder and root's account, unless another checkout has data there.

    :raises CannotGoOn: somebody else's folder stands in its place.
    """
    base = places.base()
    places.sweep()
    # A version has dots, the name of a checkout's data never.
    ours = {ACCOUNT_MADE, *(copy.name for copy in base.glob(f"{COPY}*.*"))}
    if {path.name for path in base.iterdir()} - ours:
        return
    note = base / ACCOUNT_MADE
    if note.exists() and not is_removed(note.read_text()):
        return  # with the note, for the next time
    shutil.rmtree(base)


def is_removed(account: str) -> bool:
    """Remove the account that was made here; not while something runs as it."""
    done = subprocess.run(["userdel", account], check=False, capture_output=True)
    return done.returncode in (0, NO_SUCH_ACCOUNT)


def main() -> int:
    speak_plainly()
    try:
        remove_shared()
    except CannotGoOn as trouble:
        say(f"make clean: {trouble}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
