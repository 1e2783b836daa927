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


def remove_shared() -> None:
    """Remove the folder and root's account, unless another checkout has data there.

    :raises CannotGoOn: somebody else's folder stands in its place.
    """
    base = places.base()
    places.sweep()
    ours = {ACCOUNT_MADE, *(copy.name for copy in base.glob(f"{COPY}*"))}
    if {path.name for path in base.iterdir()} - ours:
        return
    note = base / ACCOUNT_MADE
    account = note.read_text() if note.exists() else ""
    shutil.rmtree(base)
    if account:
        subprocess.run(["userdel", account], check=False, capture_output=True)


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
