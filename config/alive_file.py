"""A file that workers and beat touch while they get on, for containers' health checks.

A web process answers requests instead. Only the age of the file counts.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

SETTING = "ALIVE_FILE"


def touch_alive_file(**_: Any) -> None:
    """Touch the file that ALIVE_FILE names (a receiver of `heartbeat_sent`).

    If it cannot be written, whoever looks at its age will notice.
    """
    if name := os.environ.get(SETTING):
        with suppress(OSError):
            Path(name).touch()
