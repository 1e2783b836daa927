"""Tables and pictures of docs/performance.md, from what is in benchmarks/results.

python -m benchmarks.charts [--label after]

For each size the newest result counts, of those with the label if one is given.
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
Result = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--label", default="")
    label = parser.parse_args().label
    results = newest_of_each_size(label)
    if not results:
        print("There are no results: make bench", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    smallest = results[0]
    (PICTURES / "peers.svg").write_text(peers_picture(smallest))
    (PICTURES / "growth.svg").write_text(growth_picture(results))
    page = PAGE.read_text()
    page = between(page, "results", "\n\n".join(table(result) for result in results))
    page = between(page, "growth", growth_table(results))
    page = between(page, "servers", servers_table(smallest))
    page = between(page, "more", "\n".join(sentences(smallest)))
    PAGE.write_text(page)
    return 0


def newest_of_each_size(label: str) -> list[Result]:
    found: dict[int, Result] = {}
    for path in RESULTS.glob("*.json"):
        result: Result = json.loads(path.read_text())
        if label and not path.stem.endswith(f"-{label}"):
            continue
        known = found.get(result["records"])
        if known is None or known["at"] < result["at"]:
            found[result["records"]] = result
    return [found[size] for size in sorted(found)]


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
    names = [row["answered_by"] for row in result["rows"]]
    series = [name for name in dict.fromkeys(names) if FLOOR not in name]
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


def growth_table(results: list[Result]) -> str:
    """Milliseconds of CPU for each size, and the largest in terms of the smallest."""
    sizes = [size_of(result) for result in results]
    lines = [f"| question | {' | '.join(sizes)} | growth |", "|---" * (len(sizes) + 2)]
    lines[1] += "|"
    for name in READS:
        costs = [cost(row_of(result, name)) for result in results]
        known = [value for value in costs if value is not None]
        if not known:
            continue
        cells = [f"{value:.2f} ms" if value is not None else NONE for value in costs]
        growth = f"{known[-1] / known[0]:.2f}" if len(known) > 1 else NONE
        lines.append(f"| {name} | {' | '.join(cells)} | {growth} |")
    return "\n".join(lines)


def table(result: Result) -> str:
    machine, effort = result["machine"], result["effort"]
    head = (
        f"{size_of(result)} records at commit `{result['commit']}`, "
        f"{result['at']}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gib']} GiB; medians of {effort['rounds']} rounds of "
        f"{effort['seconds']} s, {effort['connections']} connections.\n\n"
        "| question | answered by | app ms | PG ms | req/s (lowest to highest) "
        "| p50 ms | p99 ms | queries | bytes |\n|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(map(line_of, result["rows"]))


def servers_table(result: Result) -> str:
    lines = ["| server | first answer after | at rest | at most |", "|---|---|---|---|"]
    lines += [
        f"| {worker['server']} | {worker['seconds_to_start']:.1f} s |"
        f" {worker['at_rest_mib']} MiB | {worker['peak_mib']} MiB |"
        for worker in result["workers"]
    ]
    return "\n".join(lines)


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
        yield (
            f"- The largest worker at rest: {run['at_rest_mib']:.0f} MiB; after"
            f" {run['requests']:,} requests: {run['after_mib']:.0f} MiB; after as many"
            f" again: {run['after_as_many_again_mib']:.0f} MiB."
        )


def line_of(row: Result) -> str:
    middle, low, high = row["medians"], row["lowest"], row["highest"]
    queries = row.get("statements")
    cells = [
        *(row["question"], row["answered_by"]),
        *(f"{middle['app_ms']:.2f}", f"{middle['postgres_ms']:.2f}"),
        f"{middle['rate']:,.0f} ({low['rate']:,.0f} to {high['rate']:,.0f})",
        *(f"{middle['p50']:.1f}", f"{middle['p99']:.1f}"),
        "" if queries is None else f"{queries:g}",
        f"{middle['bytes']:,.0f}" if middle["bytes"] else "",
    ]
    return f"| {' | '.join(cells)} |"


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
