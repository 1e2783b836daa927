"""What wrk prints is read right, and what is drawn can be read."""

import xml.etree.ElementTree as ET

import pytest

from benchmarks.charts import between
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


def test_only_what_is_between_the_markers_changes():
    page = "before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter\n"
    assert between(page, "a", "new") == page.replace("old", "new")
    with pytest.raises(ValueError, match="unpack"):
        between(page, "b", "new")
