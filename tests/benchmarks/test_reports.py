"""What wrk prints is read right, and what is drawn can be read."""

import xml.etree.ElementTree as ET

import pytest

from benchmarks.charts import NONE, between, table
from benchmarks.load import Refused, read_report
from benchmarks.pictures import Group, bars

REPORT = """Running 5s test @ http://127.0.0.1:18000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.98ms    2.10ms   1.02s    80.00%
    Req/Sec     1.58k   120.00     1.70k    70.00%
  Latency Distribution
     50%    4.70ms
     75%    5.90ms
     90%    7.50ms
     99%   11.60ms
  7912 requests in 5.01s, 4.17MB read
Requests/sec:   1579.00
Transfer/sec:    852.00KB
"""


def test_a_report_of_wrk_is_read_in_milliseconds_and_bytes():
    load = read_report(REPORT)
    assert (load.count, load.seconds) == (7912, 5.01)
    assert (load.p50, load.p99, load.slowest) == (4.7, 11.6, 1020)
    assert 550 < load.bytes < 555


def test_a_report_without_latencies_is_refused():
    with pytest.raises(Refused):
        read_report("  7912 requests in 5.01s, 4.17MB read\n")


def test_bars_are_a_picture_with_every_value():
    groups = [Group("a page & more", [1_234.5, None]), Group("a record", [3.0, 0.4])]
    drawn = bars("Speed", "ms", ["ours", "theirs"], groups)
    picture = ET.fromstring(drawn)  # noqa: S314 - our own
    words = [element.text for element in picture.iter() if element.text]
    assert {"a page & more", "1,234", "3.00", "0.40"} <= set(words)


def answered(question, answered_by, cpu, rate):
    medians = {"app_ms": cpu, "postgres_ms": 1.0, "rate": rate, "p50": 2, "p99": 9}
    return {
        "question": question,
        "answered_by": answered_by,
        "statements": 3,
        "medians": medians,
    }


def result_of(records, *rows):
    return {
        "records": records,
        "commit": "abc",
        "at": "2026-11-28 08:55Z",
        "rows": rows,
        "effort": {"rounds": 5, "seconds": 3, "connections": 8},
        "machine": {"cores": 2, "processor": "a processor", "memory_gib": 24},
    }


def test_the_table_has_what_more_records_cost_and_how_many_more_answers_than_a_peer():
    page, record = "patient's page", "patient's record"
    few = result_of(
        100_000,
        answered(page, "ours", 1.0, 600.0),
        answered(page, "plain", 9.0, 100.0),
        answered(page, "floor", 0.0, 5_000.0),
        answered(record, "ours", 0.5, 1_500.0),
    )
    many = result_of(10_000_000, answered(page, "ours", 2.0, 400.0))

    *_, first, second = table(few, [few, many]).splitlines()

    assert first == f"| {page} | 1.00 | 1.00 | 3 | 600 | 9.0 | 1.50 | plain: 6 |"
    assert second == f"| {record} | 0.50 | 1.00 | 3 | 1,500 | 9.0 | {NONE} | {NONE} |"


def test_only_what_is_between_the_markers_changes():
    page = "before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter\n"
    assert between(page, "a", "new") == page.replace("old", "new")
    with pytest.raises(ValueError, match="unpack"):
        between(page, "b", "new")
