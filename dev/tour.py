"""Takes the documents' tours as a test: `python -m dev.tour --url http://127.0.0.1:9000`.

docs/api-in-five-minutes.md has a short one, docs/tour.md the long one. A tour is what
stands in the ```bash blocks between `<!-- tour:start -->` and `<!-- tour:end -->`. All
of it runs as one bash script, which ends at the first command that fails. `#> text`
means: what was printed since the line of this kind before contains that text. White
space does not count there.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from dev import places
from dev.console import CannotGoOn, say, speak_plainly

ADDRESS = "http://127.0.0.1:8000"
PAGES = ("docs/api-in-five-minutes.md", "docs/tour.md")
MARK = "#>"
TOUR = re.compile(r"<!-- tour:start -->(.*?)<!-- tour:end -->", re.DOTALL)
BLOCK = re.compile(r"(.*?)^```bash\n(.*?)^```", re.DOTALL | re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
PRELUDE = r"""
set -euo pipefail
printed=$(mktemp)
exec 3>&1  # where to tell, while a stop's commands print into the file
finish() { code=$?; [ $code = 0 ] || cat "$printed" >&3; rm -f "$printed"; exit $code; }
trap finish EXIT
squeeze() { tr -d '[:space:]'; }
expect() {
    squeeze <"$printed" | grep -F -e "$(printf %s "$1" | squeeze)" >/dev/null && return
    echo "This was expected: $1"
    echo "This was printed:"
    exit 1
}
"""


@dataclass
class Stop:
    """Some commands of the tour, and the texts that they must print.

    :param title: what is announced before it, if anything.
    """

    title: str = ""
    commands: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    @property
    def script(self) -> str:
        lines = [f"echo {quote('  ' + self.title)}"] if self.title else []
        lines += ["{", ":", *self.commands, '} >"$printed" 2>&1']
        lines += [f"expect {quote(text)}" for text in self.expected]
        return "\n".join(lines) + "\n"


def read_tour(page: str) -> list[Stop]:
    """Find the stops of the tour.

    :raises CannotGoOn: the text has no tour, or one that expects nothing.
    """
    tour = TOUR.search(page)
    blocks = BLOCK.findall(tour[1]) if tour else []
    stops = [stop for prose, block in blocks for stop in read_block(prose, block)]
    if not any(stop.expected for stop in stops):
        raise CannotGoOn("There is no tour, or it expects nothing.")
    return stops


def read_block(prose: str, block: str) -> list[Stop]:
    """Split a block after each expectation; the last bold words before it name it."""
    titles = BOLD.findall(prose)
    stops = [Stop(" ".join(titles[-1].split()) if titles else "")]
    for line in block.splitlines():
        if line.startswith(MARK):
            stops[-1].expected.append(line.removeprefix(MARK).strip())
            continue
        if stops[-1].expected:
            stops.append(Stop())
        stops[-1].commands.append(line)
    return stops


def take(stops: list[Stop], url: str) -> bool:
    """Run the tour against a server and tell whether all of it went well."""
    script = PRELUDE + "".join(stop.script for stop in stops)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tour.sh"
        path.write_text(script.replace(ADDRESS, url))
        done = subprocess.run(
            ["bash", path],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
    return done.returncode == 0


def take_page(page: str, url: str) -> bool:
    """Take the tour of a document, and say how it went."""
    try:
        stops = read_tour((places.CHECKOUT / page).read_text(encoding="utf-8"))
    except CannotGoOn as trouble:
        say(f"{page}: {trouble}")
        return False
    say(f"The tour of {page} on {url}:")
    if not take(stops, url):
        say("The tour failed.")
        return False
    say(f"The tour passed: {sum(len(stop.expected) for stop in stops)} answers.")
    return True


def main() -> int:
    speak_plainly()
    parser = argparse.ArgumentParser(
        description=("Run the tours in the documents as a test.")
    )
    parser.add_argument("--url", default=ADDRESS, help="the address of the server")
    url = parser.parse_args().url.rstrip("/")
    return 0 if all(take_page(page, url) for page in PAGES) else 1


if __name__ == "__main__":
    sys.exit(main())
