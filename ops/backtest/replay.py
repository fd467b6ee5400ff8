"""Judge a series hour by hour, as it would have been when the hours came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.anomalies.detector import Decision, judge, usual_range
from chalicelib.model.anomaly import Direction
from chalicelib.model.hour import Hour
from ops.backtest.case import Case


@dataclass(frozen=True, slots=True)
class Replay:
    """What was decided of each hour that is asked about, missing ones among them."""

    case: Case
    decisions: Mapping[Hour, Decision]
    flags: Mapping[Hour, Direction]

    @property
    def alerts(self) -> Mapping[Hour, Decision]:
        return {hour: one for hour, one in self.decisions.items() if one.is_rising}

    def usual_range(self, hour: Hour) -> tuple[float, float] | None:
        """Return between which values the hour would have been normal."""
        threshold = self.decisions[hour].threshold
        return usual_range(self.case.metric, self.case.series, self.flags, hour, threshold)


def replay(
    case: Case,
    threshold: float = 3.0,
    since: Hour | None = None,
    judged: Callable[[], object] = lambda: None,
) -> Replay:
    """Judge every hour from the series' first to its last, and keep the decisions from `since` on.

    Those before are judged so that what was anomalous then is out of the baseline, as it would
    have been.
    """
    flags: dict[Hour, Direction] = {}
    decisions = {}
    if case.series:
        for hour in min(case.series).until(max(case.series).plus(1)):
            decision = judge(case.metric, case.series, flags, hour, threshold)
            if decision.direction is not None:
                flags[hour] = decision.direction
            if since is None or hour >= since:
                decisions[hour] = decision
            judged()
    return Replay(case, decisions, flags)
