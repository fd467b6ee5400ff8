"""Judge a series hour by hour, as would have happened when the hours arrived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.anomalies.detector import Decision, decide, usual_range
from chalicelib.model.anomaly import Direction
from chalicelib.model.hour import Hour
from ops.backtest.case import Case


@dataclass(frozen=True, slots=True)
class JudgedSeries:
    """The decision on each hour, including missing hours."""

    case: Case
    decisions: Mapping[Hour, Decision]
    flags: Mapping[Hour, Direction]

    @property
    def alerts(self) -> Mapping[Hour, Decision]:
        return {hour: one for hour, one in self.decisions.items() if one.is_rising}

    def usual_range(self, hour: Hour) -> tuple[float, float] | None:
        """Return the lowest and the highest value that would have been normal."""
        threshold = self.decisions[hour].threshold
        return usual_range(self.case.metric, self.case.series, self.flags, hour, threshold)


def judge_series(
    case: Case,
    threshold: float = 3.0,
    since: Hour | None = None,
    judged: Callable[[], object] = lambda: None,
) -> JudgedSeries:
    """Judge every hour of a series, and keep the decisions from `since` on.

    Earlier hours are judged as well, so that anomalous ones leave the baseline, as they would
    have.
    """
    flags: dict[Hour, Direction] = {}
    decisions = {}
    if case.series:
        for hour in min(case.series).until(max(case.series).plus(1)):
            decision = decide(case.metric, case.series, flags, hour, threshold)
            if decision.direction is not None:
                flags[hour] = decision.direction
            if since is None or hour >= since:
                decisions[hour] = decision
            judged()
    return JudgedSeries(case, decisions, flags)
