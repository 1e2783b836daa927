"""Run manage.py on the servers of the `make run` that is up in this checkout."""

import os
import sys

from dev import places
from dev.application import environment_for
from dev.console import say
from dev.servers import SERVERS, read_env_file


def main() -> int:
    urls = read_env_file(SERVERS)
    if urls:
        os.chdir(places.CHECKOUT)
        command = [sys.executable, "manage.py", *sys.argv[1:]]
        os.execve(sys.executable, command, environment_for(urls))
    say("No `make run` is up in this checkout. Start it first, then try again.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
