"""Results: printed as a table, and kept as JSON with what they were found on."""

import json
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection

FOLDER = Path(__file__).with_name("results")
PACKAGES = ("django", "djangorestframework", "granian", "orjson", "psycopg")
HEADINGS = (
    ("app_ms", "app ms", 7, 2),
    ("postgres_ms", "PG ms", 7, 2),
    ("rate", "req/s", 7, 0),
    ("p50", "p50 ms", 8, 1),
    ("p99", "p99 ms", 8, 1),
)


def describe(effort: dict[str, Any], records: int) -> dict[str, Any]:
    """What a result is worth nothing without."""
    changed = git("status", "--porcelain", "--untracked-files=no")
    return {
        "commit": git("rev-parse", "--short=10", "HEAD"),
        "is_changed_since": bool(changed),
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z",
        "records": records,
        "effort": effort,
        "machine": machine(),
        "versions": versions(),
    }


def git(*words: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *words]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def machine() -> dict[str, Any]:
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "processor": processor[1] if processor else platform.machine(),
        "memory_gib": round(memory / 2**30),
    }


def versions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    found = {package: version(package) for package in PACKAGES}
    return found | {"python": platform.python_version(), "postgresql": postgres}


def print_heading() -> None:
    titles = "".join(f"{title:>{width + 1}}" for _, title, width, _ in HEADINGS)
    print(f"{'question':32} {'answered by':24}{titles}  queries    bytes", flush=True)


def print_row(row: dict[str, Any]) -> None:
    cells = "".join(
        f"{row['medians'][key]:{width + 1},.{digits}f}"
        for key, _, width, digits in HEADINGS
    )
    statements = row.get("statements")
    queries = "      -" if statements is None else f"{statements:7.1f}"
    size = row["medians"]["bytes"]
    print(
        f"{row['question']:32} {row['answered_by']:24}{cells}  {queries} {size:8,.0f}",
        flush=True,
    )


def save(result: dict[str, Any], label: str) -> Path:
    """Keep a result under its size, commit and label."""
    FOLDER.mkdir(exist_ok=True)
    size = result["records"] // 1_000
    name = "-".join(filter(None, [f"{size}k", result["commit"], label]))
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return path
