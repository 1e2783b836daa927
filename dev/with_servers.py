"""Run a command with temporary servers: `python -m dev.with_servers COMMAND...`."""

import os
import signal
import subprocess
import sys
from types import FrameType

from dev.console import CannotGoOn, say
from dev.servers import throwaway_servers


def run(command: list[str]) -> int:
    """Run the command to its end and return its exit code.

    Ctrl-C reaches it by itself, as part of the terminal's process group.
    """
    with throwaway_servers() as urls:
        child = subprocess.Popen(command, env={**os.environ, **urls})

        def hand_on(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, hand_on)
        code = child.wait()
        return code if code >= 0 else 128 - code


def main() -> int:
    if len(sys.argv) < 2:
        say("Usage: python -m dev.with_servers COMMAND [ARGUMENT...]")
        return 2
    try:
        return run(sys.argv[1:])
    except CannotGoOn as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
