"""The logs of production, in a process of tests."""

from typing import Any

import structlog

from config.logs import configure_logs


def production_logs(level: str) -> dict[str, Any]:
    """What production's LOGGING would be; what tests capture is captured as before.

    Else a logger that is used now would be kept as it is, for all tests that follow.
    """
    configured = configure_logs(level, as_json=True)
    structlog.configure(cache_logger_on_first_use=False)
    return configured
