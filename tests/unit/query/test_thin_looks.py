"""Of many looks, those are answered that show how the verdict came about."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chalicelib.model.experiment_results import Look, Verdict
from chalicelib.query.thin_looks import thinned
from tests.unit.experiments.observing import make_look

EARLY, WON = Verdict.TOO_EARLY, Verdict.WINNING


def looks_at(times: Sequence[int], won_from: int = 1_000) -> list[Look]:
    return [make_look(at_ms=at, verdict=WON if at >= won_from else EARLY) for at in times]


def times_of(looks: Sequence[Look]) -> list[int]:
    return [look.at_ms for look in looks]


def test_few_looks_are_all_kept() -> None:
    looks = looks_at(range(5))

    assert thinned(looks, 5) == looks


@pytest.mark.parametrize("most", [2, 3, 10, 99])
def test_as_many_times_are_kept_as_were_asked_for(most: int) -> None:
    kept = times_of(thinned(looks_at(range(100)), most))

    assert len(kept) == most
    assert kept == sorted(set(kept))
    assert (kept[0], kept[-1]) == (0, 99)


def test_a_look_that_changes_a_verdict_is_kept_before_others() -> None:
    assert times_of(thinned(looks_at(range(100), won_from=77), 3)) == [0, 77, 99]


def test_of_too_many_changes_the_newest_are_kept() -> None:
    looks = [make_look(at_ms=at, verdict=(EARLY, WON)[at % 2]) for at in range(100)]

    assert times_of(thinned(looks, 4)) == [0, 97, 98, 99]


def test_the_variants_of_one_time_stay_together() -> None:
    looks = [
        make_look(at_ms=at, variant=variant) for at in range(50) for variant in ("green", "blue")
    ]

    kept = thinned(looks, 10)

    assert len(kept) == 20
    assert {look.variant for look in kept[-2:]} == {"green", "blue"}


def test_without_looks_there_is_nothing_to_keep() -> None:
    assert thinned([], 2) == []
