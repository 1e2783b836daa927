"""A full disk, or a folder that takes nothing, ends no process and fails no request."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

from phr.core import metrics, observing
from phr.core.metrics_files import FIRST_SIZE, ReservedFile, ReservedOrOwn
from server.dead_processes import LivingAndDead


@contextmanager
def space_for(size: int) -> Iterator[None]:
    """Files of this process get no larger, in bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(counts: MmapedDict, number: int) -> None:
    for key in range(number):
        counts.write_value(f'["m", "m", {{"key": "{key:0100}"}}, ""]', float(key), 0.0)


def taken(file: Path) -> int:
    return file.stat().st_blocks * 512


def test_files_have_the_space_that_is_mapped(tmp_path: Path) -> None:
    file = tmp_path / "counter_1.db"
    counts = ReservedOrOwn(str(file))

    assert taken(file) >= FIRST_SIZE
    fill(counts, 1_000)
    assert taken(file) >= file.stat().st_size > FIRST_SIZE
    counts.close()


def test_where_a_file_cannot_grow_the_counts_go_on_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "counter_1.db"
    counts = ReservedOrOwn(str(file))
    with space_for(FIRST_SIZE):
        fill(counts, 1_000)

    found = [value for _, value, _ in counts.read_all_values()]
    assert found == [float(key) for key in range(1_000)]
    assert len(list(MmapedDict.read_all_values_from_file(str(file)))) > 100
    counts.close()


def test_where_no_file_can_be_made_all_is_counted_in_memory(tmp_path: Path) -> None:
    counts = ReservedOrOwn(str(tmp_path / "missing" / "counter_1.db"))
    fill(counts, 1_000)

    assert (
        counts.read_value('["m", "m", {"key": "' + "9".zfill(100) + '"}, ""]')[0] == 9
    )
    counts.close()


def test_no_empty_file_is_left_where_there_is_no_space(tmp_path: Path) -> None:
    with space_for(0):
        ReservedOrOwn(str(tmp_path / "counter_1.db")).close()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_space_stops_no_process(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_PORT, settings.METRICS_DIRECTORY = 9, str(tmp_path)
    kind = values.ValueClass
    monkeypatch.setenv(metrics.DIRECTORY, "")

    with space_for(0):
        assert not metrics.keep_in_files()

    assert values.ValueClass is kind


def test_what_the_dead_have_counted_is_kept_while_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observing, "told", set())
    dead = tmp_path / "counter_999999999.db"
    counts = ReservedFile(str(dead))
    counts.write_value('["m", "m_total", {}, ""]', 7.0, 0.0)
    counts.close()

    with space_for(0):
        (metric,) = LivingAndDead(tmp_path).collect()

    assert [sample.value for sample in metric.samples] == [7.0]
    assert dead.exists()
    (metric,) = LivingAndDead(tmp_path).collect()
    assert [sample.value for sample in metric.samples] == [7.0]
    assert not dead.exists()
