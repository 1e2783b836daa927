"""Where the time goes: flame graphs of the web server under load, by py-spy.

python -m benchmarks.servers .venv/bin/python -m benchmarks.profiles --label before
"""

import argparse
import subprocess
import sys
import threading
from pathlib import Path

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from benchmarks import web
from benchmarks.charts import PICTURES
from benchmarks.filling.plan import Plan
from benchmarks.load import Request, put_load
from benchmarks.questions import RECORDS, gets
from benchmarks.users import sign_in_all
from dev.places import CHECKOUT

PY_SPY = web.PYTHON.with_name("py-spy")
PORT, SECONDS, A_SECOND = 18_100, 20, 100  # samples


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--label", required=True)
    parser.add_argument("--records", type=int, default=100_000)
    options = parser.parse_args()
    askers = sign_in_all(Plan(options.records))
    PICTURES.mkdir(exist_ok=True)
    with web.running(web.ours(PORT), PORT) as server:
        for name, asking in (
            ("patients-page", askers.patients),
            ("doctors-page", askers.doctors),
        ):
            path = PICTURES / f"{options.label}-{name}.svg"
            record(gets(RECORDS, asking), server, path)
    return 0


def record(requests: list[Request], server: web.Server, path: Path) -> None:
    """Put a load on the server, and draw what its workers do meanwhile."""
    load = threading.Thread(
        target=put_load,
        args=(requests, server.port),
        kwargs={"seconds": SECONDS + 5, "connections": 8},
    )
    load.start()
    command = [str(PY_SPY), "record", "--pid", str(server.pid), "--subprocesses"]
    command += ["--duration", str(SECONDS), "--rate", str(A_SECOND), "--output"]
    subprocess.run([*command, str(path)], check=True, timeout=SECONDS + 60)
    load.join()
    path.write_text(without_places(path.read_text()))


def without_places(picture: str) -> str:
    """Without the folders of this machine, which say nothing to others."""
    for folder in (f"{CHECKOUT}/", f"{sys.base_prefix}/", f"{sys.prefix}/"):
        picture = picture.replace(folder, "")
    return picture


if __name__ == "__main__":
    sys.exit(main())
