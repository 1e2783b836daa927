"""Some of `make faults`, with fewer clients: nothing is lost when a part breaks."""

import re
import subprocess
import sys

import pytest

from dev import places
from tests.faults.scenarios import SCENARIOS

SECONDS = 900  # of which an idle machine needs 100


@pytest.mark.timeout(SECONDS + 30)
def test_nothing_is_lost_doubled_or_half_done_when_parts_break() -> None:
    """The bench is a process of its own, with a PostgreSQL that it may kill."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short"],
        cwd=places.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert told.returncode == 0, told.stdout + told.stderr
    for scenario in SCENARIOS:
        if scenario.is_short:
            line = re.search(f"{scenario.name} .*", told.stdout)
            assert line, told.stdout
            assert "lost 0  doubled 0  half-done 0  wrong 0" in line[0]
