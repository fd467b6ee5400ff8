"""What a figure is compared with, and when it counts as reached."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import report
from benchmarks.report import Row


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=100)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_slower_rate_costs_more_than_the_peer() -> None:
    row = Row(name="x", figure=50_000, unit="events/s", peer=100_000)

    assert row.peer_ratio == 2


def test_more_memory_costs_more_than_the_peer() -> None:
    row = Row(name="x", figure=300, unit="MiB", peer=200)

    assert row.peer_ratio == 1.5


@pytest.mark.parametrize(
    "row",
    [
        Row(name="x", figure=401, unit="MiB", at_most=400),
        Row(name="x", figure=99_999, unit="events/s", at_least=100_000),
        Row(name="x", figure=2.1, unit="s", floor=1, max_ratio=2),
        Row(name="x", figure=1.1, unit="s", peer=1, max_peer_ratio=1),
        Row(name="x", figure=1, unit="s", at_most=2, peer=0.5, max_peer_ratio=1),
    ],
    ids=["too much", "too little", "too far above the floor", "above the peer", "one of two"],
)
def test_a_target_is_missed(row: Row) -> None:
    assert not row.is_met


def test_every_target_of_a_row_is_named() -> None:
    row = Row(
        name="x", figure=1, unit="events/s", at_least=2, floor=3, max_ratio=1.5, max_peer_ratio=1
    )

    assert row.targets == [("≥ 2", "events/s"), ("≤ 1.5", "x floor"), ("≤ 1", "x peer")]


def test_the_table_fits_a_narrow_terminal_with_its_last_column(console: Console) -> None:
    console.width = 80
    row = Row(name="a row", figure=123_456, unit="events/s", floor=2e5, peer=3e5, at_least=1e5)

    report.show("stage", [row], console)

    assert "yes" in written(console)
    assert "1.62 x" in written(console)
    assert "2.43 x" in written(console)


def test_the_summary_counts_targets_and_names_those_missed(console: Console) -> None:
    rows = [
        Row(name="quick", figure=1, unit="s", at_most=2),
        Row(name="slow", figure=3, unit="s", at_most=2),
        Row(name="only looked at", figure=9, unit="s"),
    ]

    report.show_verdicts({"stage": rows}, console)

    assert "1 of 2 targets met." in written(console)
    assert "not met slow: 3.00 s, not ≤ 2 s" in written(console)
    assert "only looked at" not in written(console)


def test_what_is_saved_says_how_many_times_the_peer_it_is(tmp_path: Path) -> None:
    path = report.save("stage", [Row(name="x", figure=1, unit="s", peer=2)], tmp_path)

    [row] = json.loads(path.read_text())["rows"]
    assert row["peer_ratio"] == 0.5
    assert row["ratio"] is None


def test_the_table_for_the_documents_has_a_line_a_row(tmp_path: Path) -> None:
    row = Row(name="x", figure=1, unit="s", peer=2, peer_name="another", at_most=3)

    path = report.save("stage", [row], tmp_path)

    line = path.with_suffix(".md").read_text().splitlines()[-1]
    assert line == "| x | 1.00 s |  | 2.00 (0.50 x): another | ≤ 3 | yes |"
