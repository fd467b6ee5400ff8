"""The alerts and the score of a backtest, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from chalicelib.anomalies.detector import Decision, Status
from chalicelib.model.anomaly import Metric
from ops.backtest.case import Case
from ops.backtest.judge_series import JudgedSeries
from ops.backtest.score import TOLERANCE_HOURS, Score, percent, score
from ops.kit.console import out, table

_NUMBERS = ("observed", "expected", "score")


def alerts(judged: Sequence[JudgedSeries]) -> None:
    """Print the alerts of all series in order of time, and how they score."""
    found = sorted(
        ((hour, one.case, decision) for one in judged for hour, decision in one.alerts.items()),
        key=lambda alert: (alert[0], alert[1].name, alert[1].metric),
    )
    columns = ("hour", "series", "direction", *_NUMBERS, "history")
    shown = table(*columns, numbers=_NUMBERS, folded=("series",))
    for hour, case, decision in found:
        shown.add_row(hour.text.replace("T", " "), *_cells(case, decision))
    if found:
        out.print(shown)
        out.print()
        for hour, case, decision in found:
            what = f"{escape(case.name)} {case.metric}, {hour.text.replace('T', ' ')}"
            anomaly = decision.to_anomaly(case.name, case.metric, hour)
            out.print(f"{what}: {anomaly.explanation}", style="dim", soft_wrap=True)
        out.print()
    out.print(_summary(judged, len(found)), soft_wrap=True)
    if labelled := [one for one in judged if one.case.windows is not None]:
        out.print(_scored(labelled), soft_wrap=True)


def _cells(case: Case, decision: Decision) -> tuple[str, ...]:
    return (
        f"{escape(case.name)} {case.metric}",
        str(decision.direction),
        quantity(case.metric, decision.observed),
        quantity(case.metric, decision.expected),
        f"{decision.score or 0:+.1f}",
        f"{decision.history} {decision.baseline}",
    )


def quantity(metric: Metric, value: float | None) -> str:
    """Write a figure with its unit."""
    match metric:
        case Metric.VOLUME:
            return f"{value or 0:,.0f}"
        case Metric.LATENCY:
            return f"{value or 0:,.0f} ms"
        case Metric.ERROR_RATE:
            return f"{value or 0:.2%}"


def _summary(judged: Sequence[JudgedSeries], n_alerts: int) -> str:
    statuses = [decision.status for one in judged for decision in one.decisions.values()]
    n_anomalous = statuses.count(Status.ANOMALOUS)
    n_judged = n_anomalous + statuses.count(Status.NORMAL)
    n_short = statuses.count(Status.INSUFFICIENT_HISTORY)
    return (
        f"[bold]{n_alerts:,} {'alert' if n_alerts == 1 else 'alerts'}[/] in {n_judged:,} judged"
        f" hours of {len(judged):,} series; {n_anomalous:,} hours were anomalous."
        f" Not judged: {n_short:,} hours with too little history,"
        f" {statuses.count(Status.MISSING):,} missing hours."
    )


def _scored(judged: Sequence[JudgedSeries]) -> str:
    total = sum((_score(one) for one in judged), start=Score())
    return (
        f"Precision {percent(total.precision)}: {total.true_alerts:,} of {total.alerts:,} alerts"
        f" are in a window or within {TOLERANCE_HOURS} h after it."
        f" Recall {percent(total.recall)}: {total.found:,} of {total.windows:,} windows found."
    )


def _score(one: JudgedSeries) -> Score:
    """Score against the windows that end where the decisions begin, or later."""
    first = min(one.decisions, default=None)
    windows = [w for w in one.case.windows or () if first is not None and w.last >= first]
    return score(one.alerts.keys(), windows)
