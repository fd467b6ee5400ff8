"""Series by their shape, for the tests of the detector."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping

from chalicelib.anomalies.detector import Decision, Point, Status, decide
from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour

MONDAY = Hour.parse("2026-01-05T00")
DAY, WEEK = 24, 168

type Level = Callable[[int], float]


def make_series(
    values: Iterable[float | None], n: int = 1_000, first: Hour = MONDAY
) -> dict[Hour, Point]:
    """Put one value an hour; None leaves its hour out."""
    return {
        first.plus(at): Point(value, n) for at, value in enumerate(values) if value is not None
    }


def hours_of(level: Level, hours: int) -> list[float]:
    return [level(at) for at in range(hours)]


def noisy(level: Level, hours: int, seed: int = 1, spread: float = 0.05) -> list[float]:
    """Counts that scatter as counts do, and by a share on top of it."""
    chance = random.Random(seed)
    return [
        max(0.0, round(chance.gauss(level(at), math.hypot(spread * level(at), level(at) ** 0.5))))
        for at in range(hours)
    ]


def flat(level: float) -> Level:
    return lambda _at: level


def by_day(level: float, swing: float = 0.7) -> Level:
    return lambda at: level * (1 + swing * math.sin((at - 9) / DAY * 2 * math.pi))


def by_week(level: float, weekend: float = 0.4) -> Level:
    daily = by_day(level)
    return lambda at: daily(at) * (weekend if at % WEEK >= 5 * DAY else 1)


def replay(
    series: Mapping[Hour, Point], metric: Metric = Metric.VOLUME, threshold: float = 3.0
) -> dict[int, Decision]:
    """Judge hour by hour as they come in, and return those that were anomalous."""
    flags: dict[Hour, Direction] = {}
    found = {}
    for hour in sorted(series):
        decision = decide(metric, series, flags, hour, threshold)
        if decision.status is Status.ANOMALOUS:
            assert decision.direction is not None
            flags[hour] = decision.direction
            found[(hour.start_ms - MONDAY.start_ms) // 3_600_000] = decision
    return found


def last_of(
    values: Iterable[float | None], metric: Metric = Metric.VOLUME, n: int = 1_000
) -> Decision:
    """Judge the last of these hours, with none before it found anomalous."""
    series = make_series(values, n)
    return decide(metric, series, {}, max(series))
