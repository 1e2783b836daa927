"""Delete the database and the queues of this checkout's `make run`."""

import shutil
import sys

from dev import places, stopping
from dev.console import CannotGoOn, say
from dev.lock import only_run
from dev.traces import remove_shared


def main() -> int:
    stopping.listen()
    try:
        data = places.own_folder(places.DATA)
        with only_run(data / "lock"):
            shutil.rmtree(places.checkout_folder())
            shutil.rmtree(data)
        remove_shared()
    except (CannotGoOn, stopping.StopAsked) as trouble:
        say(f"make reset: {trouble}")
        return 1
    say("Deleted the database and the queues of this checkout.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
