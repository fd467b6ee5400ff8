"""Golden values, each from an implementation that has nothing in common with ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from chalicelib.experiments.statistics.moments import Moments
from chalicelib.experiments.statistics.sample import Sample

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "golden.json").read_text())


def about(expected: float | list[float]) -> Any:
    """To 1e-9 of the value itself, also where the value is tiny."""
    return pytest.approx(expected, rel=1e-9, abs=1e-300)


def sample_of_sums(sums: Mapping[str, float]) -> Sample:
    n, total, squares = sums["n"], Fraction(sums["sum"]), Fraction(sums["sum_squares"])
    variance = (squares - total * total / Fraction(n)) / Fraction(n - 1)
    return Sample(int(n), float(total / Fraction(n)), float(variance))


def moments_of_sums(sums: Mapping[str, float]) -> Moments:
    n = Fraction(sums["n"])
    y, x = Fraction(sums["sum_y"]), Fraction(sums["sum_x"])
    return Moments(
        int(n),
        float(y / n),
        float(x / n),
        float(Fraction(sums["sum_yy"]) - y * y / n),
        float(Fraction(sums["sum_xx"]) - x * x / n),
        float(Fraction(sums["sum_xy"]) - x * y / n),
    )
