"""The table and the pictures of docs/performance.md, from benchmarks/results.

python -m benchmarks.charts [--growth after]

The table shows the newest result that has peers in it. What more records cost is shown
by the newest of each size among those with one label: of about one state of the code.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.pictures import Group, bars

HERE = Path(__file__).parent
RESULTS = HERE / "results"
DOCS = HERE.parent / "docs"
PAGE, PICTURES = DOCS / "performance.md", DOCS / "pictures"
OURS, FLOOR = "ours", "floor"
NONE = "\N{EN DASH}"
COMPARED = ("patient's page", "patient's record")
READS = (
    *("patient's page", "patient's record", "long list, first page"),
    *("long list, last page", "doctor's page", "clinic's page", "clinic, deep"),
    *("clinic, by type", "clinic, common word", "clinic, rare word"),
    *("my patients", "my patients, clinic", "doctors"),
    *("notifications", "unread, a few", "unread, nothing new"),
)
HEADINGS = (
    *("question", "app ms", "PG ms", "statements", "req/s", "p99 ms"),
    *("most records", "times the requests of"),
)
Result = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--growth", default="after", help="label of its results")
    label = parser.parse_args().growth
    results = read_results()
    compared = [result for result in results if peers_of(result)]
    if not compared:
        print("There are no results: make bench", file=sys.stderr)
        return 1
    newest = compared[-1]
    growing = newest_of_each_size([one for one in results if one["label"] == label])
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "peers.svg").write_text(peers_picture(newest))
    (PICTURES / "growth.svg").write_text(growth_picture(growing))
    page = PAGE.read_text()
    page = between(page, "results", table(newest, growing))
    page = between(page, "more", "\n".join(sentences(newest)))
    PAGE.write_text(page)
    return 0


def read_results() -> list[Result]:
    """All that have been kept, the newest last."""
    found = []
    for path in RESULTS.glob("*.json"):
        result: Result = json.loads(path.read_text())
        found.append(result | {"label": "-".join(path.stem.split("-")[2:])})
    return sorted(found, key=lambda result: str(result["at"]))


def newest_of_each_size(results: list[Result]) -> list[Result]:
    found = {result["records"]: result for result in results}
    return [found[size] for size in sorted(found)]


def peers_of(result: Result) -> list[str]:
    names = dict.fromkeys(row["answered_by"] for row in result["rows"])
    return [name for name in names if name != OURS and FLOOR not in name]


def size_of(result: Result) -> str:
    records: int = result["records"]
    millions = records % 1_000_000 == 0
    return f"{records // 1_000_000} M" if millions else f"{records // 1_000} k"


def row_of(result: Result, question: str, answered_by: str = OURS) -> Result | None:
    for row in result["rows"]:
        if (row["question"], row["answered_by"]) == (question, answered_by):
            found: Result = row
            return found
    return None


def cost(row: Result | None) -> float | None:
    """CPU of the application and of PostgreSQL together."""
    if row is None:
        return None
    return float(row["medians"]["app_ms"] + row["medians"]["postgres_ms"])


def peers_picture(result: Result) -> str:
    series = [OURS, *peers_of(result)]
    groups = []
    for question in COMPARED:
        rows = [row_of(result, question, name) for name in series]
        rates = [row["medians"]["rate"] if row else None for row in rows]
        groups.append(Group(question, rates))
    return bars("Two worker processes on two cores", "requests/s", series, groups)


def growth_picture(results: list[Result]) -> str:
    groups = [
        Group(name, [cost(row_of(result, name)) for result in results])
        for name in READS
        if row_of(results[0], name)
    ]
    series = [f"{size_of(result)} records" for result in results]
    return bars("CPU of application and PostgreSQL", "ms a request", series, groups)


def table(result: Result, growing: list[Result]) -> str:
    """Our answers to each question, beside those of the peers that have one."""
    machine, effort = result["machine"], result["effort"]
    ours = [row for row in result["rows"] if row["answered_by"] == OURS]
    lines = [line_of(row, result, growing) for row in ours]
    return (
        f"{size_of(result)} records at commit `{result['commit']}`, "
        f"{result['at'].split()[0]}: {machine['cores']} cores "
        f"({machine['processor']}), {machine['memory_gib']} GiB; medians of "
        f"{effort['rounds']} rounds of {effort['seconds']} s, "
        f"{effort['connections']} connections.\n\n"
        f"| {' | '.join(HEADINGS)} |\n{'|---' * len(HEADINGS)}|\n" + "\n".join(lines)
    )


def line_of(row: Result, result: Result, growing: list[Result]) -> str:
    middle, statements = row["medians"], row.get("statements")
    growth = growth_of(row["question"], growing)
    peers = ((name, row_of(result, row["question"], name)) for name in peers_of(result))
    ratios = [
        f"{name}: {middle['rate'] / other['medians']['rate']:.2g}"
        for name, other in peers
        if other
    ]
    cells = [
        *(row["question"], f"{middle['app_ms']:.2f}", f"{middle['postgres_ms']:.2f}"),
        NONE if statements is None else f"{statements:g}",
        f"{middle['rate']:,.0f}",
        f"{middle['p99']:.1f}",
        NONE if growth is None else f"{growth:.2f}",
        "; ".join(ratios) or NONE,
    ]
    return f"| {' | '.join(cells)} |"


def growth_of(question: str, growing: list[Result]) -> float | None:
    """The CPU with most records, in terms of that with the fewest."""
    costs = [cost(row_of(result, question)) for result in growing]
    known = [value for value in costs if value is not None]
    return known[-1] / known[0] if len(known) > 1 else None


def sentences(result: Result) -> Iterator[str]:
    """What was found under loads that are not one question, as a list."""
    if busy := result.get("at_70_percent"):
        yield (
            f"- At {busy['share_of_full_load']:.0%} of full load: 50 of 100 within"
            f" {busy['p50']:.1f} ms, 99 within {busy['p99']:.1f} ms,"
            f" {busy['p99_in_p50']:.1f} times as long; the slowest took"
            f" {busy['slowest']:.0f} ms."
        )
    if beside := result.get("while_others_work"):
        took = ", ".join(f"{k} {v:.1f} s" for k, v in beside["seconds_of"].items())
        yield (
            f"- Beside other work ({took}): 99 of 100 within {beside['p99']:.1f} ms,"
            f" the slowest took {beside['slowest']:.0f} ms."
        )
    if run := result.get("long_run"):
        ours = result["workers"][0]
        yield (
            f"- The first answer came {ours['seconds_to_start']:.1f} s after the start."
            f" The largest worker took {run['at_rest_mib']:.0f} MiB then,"
            f" {run['after_mib']:.0f} after {run['requests']:,} requests,"
            f" {run['after_as_many_again_mib']:.0f} after as many again, and"
            f" {ours['peak_mib']} while passwords were hashed."
        )


def between(page: str, name: str, content: str) -> str:
    """Put content between two markers of a page.

    :raises ValueError: they are not there.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = page.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n{content}\n{end}{tail}"


if __name__ == "__main__":
    sys.exit(main())
