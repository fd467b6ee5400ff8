"""What a producer counts, and what it makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.traffic.generator import Kind, Planned
from ops.traffic.produce.statistics import Statistics
from ops.traffic.sending.reply import EventResult, Sent


def batch_of(*kinds: Kind) -> list[Planned]:
    return [Planned(n, kind, {}) for n, kind in enumerate(kinds)]


def result(status: str) -> EventResult:
    return {"status": status, "errors": [{"code": "too_short"}]}


def sent(*statuses: str, retries: int = 0, error: str | None = None) -> Sent:
    return Sent([result(status) for status in statuses], retries, error)


def test_every_event_is_counted_under_its_status() -> None:
    statistics = Statistics()

    statistics.add(batch_of("good", "repeat", "invalid"), sent("accepted", "duplicate", "refused"))
    statistics.add(batch_of("good"), sent("failed", retries=7, error="no route"))

    assert dict(statistics.answers.by_status) == {
        "accepted": 1,
        "duplicate": 1,
        "refused": 1,
        "failed": 1,
    }
    assert (statistics.n_sent, statistics.n_retries, statistics.error) == (4, 7, "no route")


def test_lost_is_what_failed_or_was_skipped_or_refused_unasked() -> None:
    statistics = Statistics()
    statistics.add(batch_of("good", "invalid", "good"), sent("refused", "refused", "failed"))
    statistics.n_skipped = 10

    assert statistics.n_lost == 12


def test_what_is_invalid_on_purpose_and_refused_is_not_lost() -> None:
    statistics = Statistics()
    statistics.add(batch_of("invalid", "good"), sent("refused", "accepted"))

    assert statistics.n_lost == 0


def test_the_delay_told_is_the_longest() -> None:
    statistics = Statistics()
    for delay_ms in (3, 1_200, 5):
        statistics.started(delay_ms, spent_ms=100)

    assert (statistics.delay_ms, statistics.is_behind) == (1_200, True)


def test_without_a_request_there_are_no_percentiles_and_no_rate() -> None:
    assert Statistics().percentiles_ms(50, 100) == []
    assert Statistics().rate == 0


@given(st.lists(st.floats(0, 100), min_size=1), st.integers(0, 100))
def test_percentiles_are_those_of_numpy_by_nearest_rank(seconds: list[float], q: int) -> None:
    statistics = Statistics()
    for each in seconds:
        statistics.observe(each)

    [ms] = statistics.percentiles_ms(q)

    assert ms == pytest.approx(np.percentile(seconds, q, method="inverted_cdf") * 1000)
