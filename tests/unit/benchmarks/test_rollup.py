"""The two rollups that are compared compute the same, or are not compared."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from benchmarks.hours import TYPES, make_hour
from benchmarks.rollup_duckdb import PlainRollup, TunedRollup
from benchmarks.rollup_ours import OurRollup
from benchmarks.rollup_runs import check_alike


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hour")
    # More files than types, so that there are repeats.
    make_hour(folder, 4_000, full_file=100)
    return folder


@pytest.fixture(scope="module")
def ours(hour: Path) -> dict[str, Any]:
    return dict(OurRollup(hour)())


@pytest.mark.slow
def test_an_hour_has_all_its_events_and_repeats_among_them(ours: dict[str, Any]) -> None:
    assert ours.keys() == {"_all", *TYPES}
    assert ours["_all"]["found"] == 4_000
    assert ours["_all"]["events"] == 4_000 - 30


@pytest.mark.slow
def test_duckdb_comes_to_the_same_figures_in_either_form(hour: Path, ours: dict[str, Any]) -> None:
    check_alike([ours, PlainRollup(hour)(), TunedRollup(hour)()])


@pytest.mark.parametrize("field", ["events", "users", "errors", "latency", "amounts"])
def test_figures_that_differ_are_not_compared(ours: dict[str, Any], field: str) -> None:
    other = deepcopy(ours)
    other["purchase"][field] = other["purchase"][field] and None

    with pytest.raises(RuntimeError, match="not the same figures"):
        check_alike([ours, other])
