"""The patterns are repeatable, and the detector doesn't get worse on it."""

from __future__ import annotations

import re

import pytest

from benchmarks.detector.compare import compare, overall
from benchmarks.detector.patterns import PATTERNS, Pattern
from ops.kit.project import ROOT

# What one seed of the suite gave when it was recorded was 0.92 and 0.98.
LEAST_PRECISION = 0.88
LEAST_RECALL = 0.94


def test_there_are_twenty_patterns_of_different_names() -> None:
    assert len({pattern.name for pattern in PATTERNS}) == 20


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_a_seed_draws_the_same_series_again_and_another_seed_another(pattern: Pattern) -> None:
    assert pattern.case(1) == pattern.case(1)
    assert pattern.case(1) != pattern.case(2)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_what_is_planted_lies_within_the_series(pattern: Pattern) -> None:
    case = pattern.case(1)

    assert all(window.first <= window.last for window in case.windows or ())
    assert all({window.first, window.last} <= case.series.keys() for window in case.windows or ())


@pytest.mark.slow
def test_precision_and_recall_do_not_fall_below_what_was_recorded() -> None:
    every = overall(compare(pattern, [1]) for pattern in PATTERNS)

    assert every.detector.precision is not None
    assert every.detector.recall is not None
    assert every.detector.precision >= LEAST_PRECISION
    assert every.detector.recall >= LEAST_RECALL
    assert every.detector.precision > 2 * (every.rising_z.precision or 0)
    assert every.detector.recall > 1.5 * (every.rising_z.recall or 0)


def test_the_documents_table_names_every_pattern() -> None:
    table = (ROOT / "docs" / "anomalies.md").read_text()

    rows = re.findall(r"^(\w+) +\d+/\d+ ", table, re.MULTILINE)

    assert rows == [*(pattern.name for pattern in PATTERNS), "all"]
