"""Rows and ratios with everything that a test is not about filled in."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.ratio import Ratio
from benchmarks.row import Comparison, Row

RATIO = Ratio(q1=1.25, median=1.5, q3=2.0, n_turns=7)
COMPARISON = Comparison(kind="floor", name="the least", figure=20, ratio=RATIO, at_most=1.6)
ROW = Row(name="a stage", figure=30, unit="ms", comparisons=[COMPARISON])


def make_ratio(**changes: float) -> Ratio:
    return replace(RATIO, **changes)  # type: ignore[arg-type]  # a test's own field names


def make_comparison(**changes: object) -> Comparison:
    return replace(COMPARISON, **changes)  # type: ignore[arg-type]  # a test's own field names


def make_row(*comparisons: Comparison, **changes: object) -> Row:
    return replace(ROW, comparisons=comparisons, **changes)  # type: ignore[arg-type]  # as above
