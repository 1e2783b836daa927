"""What counting costs: `python -m dev.with_servers python -m benchmarks.metrics`.

The same page is asked for in turns with and without counting, by one process that keeps
its numbers in files, and the CPU of this process is compared.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

ROUNDS, REQUESTS = 12, 150
RECORDS = "/api/health-records/"
PERSON = {
    "username": "pat",
    "email": "pat@example.org",
    "first_name": "Pat",
    "last_name": "Example",
    "password": "quite a long sentence 9",
    "password_confirm": "quite a long sentence 9",
    "user_type": "PATIENT",
}
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


@contextmanager
def without_counting() -> Iterator[None]:
    """The same code, with nothing behind what counts and times."""

    def nothing(*_: Any) -> None:
        pass

    with (
        patch("phr.interfaces.request_measures.begin", nothing),
        patch("phr.interfaces.request_measures.count", nothing),
        patch("phr.interfaces.request_measures.measures_of", lambda _: {}),
        patch("phr.core.postgres.cancellation.note_statement", nothing),
        patch("phr.core.postgres.prepared_statements.note_statement", nothing),
        patch("server.lane_metrics.WAIT_SECONDS.labels", lambda _: SILENT),
    ):
        yield


class Silent:
    def observe(self, _: float) -> None:
        pass


SILENT = Silent()


def main() -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], check=True)
    import django

    django.setup()
    from rest_framework.test import APIClient

    from server import lane_metrics

    client = APIClient()
    answer = client.post("/api/auth/register/", PERSON, format="json").json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer['tokens']['access']}")
    for _ in range(20):
        assert client.post(RECORDS, RECORD, format="json").status_code == 201

    def cpu_of_a_page() -> float:
        began = time.process_time()
        for _ in range(REQUESTS):
            lane_metrics.WAIT_SECONDS.labels("request").observe(0.001)
            assert client.get(RECORDS).status_code == 200
        return (time.process_time() - began) / REQUESTS

    cpu_of_a_page()
    ratios, costs = [], []
    for number in range(ROUNDS):
        if number % 2:
            counted = cpu_of_a_page()
        with without_counting():
            plain = cpu_of_a_page()
        if not number % 2:
            counted = cpu_of_a_page()
        ratios.append(counted / plain)
        costs.append(counted - plain)
    print(f"ratio {statistics.median(ratios):.3f} (of {ROUNDS} rounds)")
    print(f"from {min(ratios):.3f} to {max(ratios):.3f}")
    print(f"{statistics.median(costs) * 1e6:.0f} microseconds a page")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "ALLOWED_HOSTS": "testserver",
            "METRICS_PORT": "1",
            "METRICS_DIRECTORY": folder,
            "LOG_LEVEL": "WARNING",
        }
        main()
