"""`make people`: who can sign in, as the last `make run` has printed it."""

import sys

from dev import places
from dev.console import say, speak_plainly

NOTE = places.DATA / "people.txt"


def main() -> int:
    speak_plainly()
    if not NOTE.exists():
        say("No `make run` has served this checkout yet. Start it, then try again.")
        return 1
    say(NOTE.read_text(encoding="utf-8").rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
