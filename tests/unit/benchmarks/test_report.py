"""How ratios and verdicts are shown and saved."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import report
from tests.unit.benchmarks.builders import make_comparison, make_ratio, make_row


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=80)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_comparison_is_shown_with_its_spread_target_and_verdict(console: Console) -> None:
    ratio = make_ratio(q1=1.45, median=1.5, q3=1.55)

    report.show("stage", [make_row(make_comparison(ratio=ratio, at_most=1.6))], console)

    [line] = [line for line in written(console).splitlines() if "floor: the least" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "floor: the least", "20.0", "1.50 [1.45-1.55]", "≤ 1.6", "met",
    ]  # fmt: skip


def test_the_widest_figures_fit_a_narrow_terminal(console: Console) -> None:
    ratio = make_ratio(q1=0.543, median=0.612, q3=0.678)
    wide = make_comparison(figure=123_456, ratio=ratio, at_most=0.25)

    report.show("stage", [make_row(wide, figure=123_456, unit="events/s")], console)

    assert "0.612 [0.543-0.678]" in written(console)
    assert "missed" in written(console)
    assert "…" not in written(console)


def test_the_summary_counts_each_target_and_names_those_missed(console: Console) -> None:
    rows = [
        make_row(make_comparison(at_most=1.6), name="quick"),
        make_row(make_comparison(at_most=1.6), make_comparison(at_most=1.4), name="mixed"),
        make_row(make_comparison(at_most=None), name="only information"),
    ]

    report.show_verdicts({"stage": rows}, console)

    count, *missed = written(console).splitlines()
    assert count == "2 of 3 targets met."
    assert missed == ["missed mixed: 1.50 [1.25-2.00] x floor: the least, target ≤ 1.4"]


def test_the_summary_names_memory_above_its_bound(console: Console) -> None:
    row = make_row(name="rollup", figure=3_000, unit="MiB", at_most=2_048)

    report.show_verdicts({"stage": [row]}, console)

    assert "missed rollup: 3,000 MiB, target ≤ 2,048" in written(console)


def test_ratios_and_verdicts_are_saved_for_machines(tmp_path: Path) -> None:
    path = report.save("stage", [make_row(make_comparison(at_most=1.4))], tmp_path)

    [row] = json.loads(path.read_text())["rows"]
    [comparison] = row["comparisons"]
    assert row["is_met"] is None
    assert comparison["is_met"] is False
    assert comparison["ratio"] == {"q1": 1.25, "median": 1.5, "q3": 2.0, "n_turns": 7}


def test_the_table_for_documents_has_a_line_for_each_comparison(tmp_path: Path) -> None:
    row = make_row(
        make_comparison(),
        make_comparison(kind="peer", name="another tool", figure=40, at_most=1.4),
    )

    path = report.save("stage", [row], tmp_path)

    assert path.with_suffix(".md").read_text().splitlines()[2:] == [
        "| a stage | 30.0 ms | floor: the least: 20.0 | 1.50 [1.25-2.00] | ≤ 1.6 | met |",
        "|  |  | peer: another tool: 40.0 | 1.50 [1.25-2.00] | ≤ 1.4 | missed |",
    ]


def test_the_table_for_documents_shows_a_bound_on_the_figure_first(tmp_path: Path) -> None:
    row = make_row(make_comparison(at_most=None), figure=1_000, unit="MiB", at_most=2_048)

    path = report.save("stage", [row], tmp_path)

    first, second = path.with_suffix(".md").read_text().splitlines()[2:]
    assert first == "| a stage | 1,000 MiB |  |  | ≤ 2,048 | met |"
    assert second == "|  |  | floor: the least: 20.0 | 1.50 [1.25-2.00] |  |  |"
