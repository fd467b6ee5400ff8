"""What a backtest found, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from rich.markup import escape
from rich.table import Table

from chalicelib.anomalies.detector import Decision, Status
from chalicelib.model.anomaly import Metric
from ops.backtest.case import Case
from ops.backtest.compare import Compared, overall
from ops.backtest.replay import Replay
from ops.backtest.score import TOLERANCE_HOURS, Score, score
from ops.backtest.suite import Pattern
from ops.kit.console import out

_NUMBERS = ("observed", "expected", "score")


def found(replays: Sequence[Replay]) -> None:
    """Print the alerts of all series in order of time, and how they score."""
    alerts = sorted(
        ((hour, one.case, decision) for one in replays for hour, decision in one.alerts.items()),
        key=lambda alert: (alert[0], alert[1].name, alert[1].metric),
    )
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("hour", "series", "way", *_NUMBERS, "history"):
        # Only the name of a series may be long, and it gives way where the screen is narrow.
        justify: Literal["left", "right"] = "right" if name in _NUMBERS else "left"
        table.add_column(name, justify=justify, no_wrap=name != "series")
    for hour, case, decision in alerts:
        table.add_row(hour.text.replace("T", " "), *_cells(case, decision))
    if alerts:
        out.print(table)
        out.print()
    out.print(_summary(replays, len(alerts)), soft_wrap=True)
    if labelled := [one for one in replays if one.case.windows is not None]:
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


def _summary(replays: Sequence[Replay], n_alerts: int) -> str:
    statuses = [decision.status for one in replays for decision in one.decisions.values()]
    n_anomalous = statuses.count(Status.ANOMALOUS)
    judged = n_anomalous + statuses.count(Status.NORMAL)
    text = (
        f"[bold]{n_alerts:,} {'alert' if n_alerts == 1 else 'alerts'}[/] in {judged:,} hours"
        f" judged, of {len(replays):,} series; {n_anomalous:,} hours were anomalous."
    )
    few, missing = (
        statuses.count(status) for status in (Status.INSUFFICIENT_HISTORY, Status.MISSING)
    )
    return f"{text} Not judged: {few:,} for too little history, {missing:,} missing."


def _scored(replays: Sequence[Replay]) -> str:
    total = sum((_score(one) for one in replays), start=Score())
    return (
        f"Precision {percent(total.precision)}: {total.true_alerts:,} of {total.alerts:,} alerts"
        f" fall into a window, or into the {TOLERANCE_HOURS} h after it."
        f" Recall {percent(total.recall)}: {total.found:,} of {total.windows:,} windows are found."
    )


def _score(one: Replay) -> Score:
    """Count the windows that begin where the replay does or later."""
    first = min(one.decisions, default=None)
    windows = [w for w in one.case.windows or () if first is not None and w.last >= first]
    return score(one.alerts.keys(), windows)


def compared(patterns: Mapping[Pattern, Compared], n_seeds: int) -> None:
    """Print the table that docs/anomalies.md holds."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("\npattern", no_wrap=True)
    for name in ("\nfound", "\nalerts", "\nfalse", "\nprec.", "\nrec."):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("rising\nprec.", "z\nrec.", "plain\nprec.", "z\nrec."):
        table.add_column(name, justify="right", no_wrap=True, style="dim")
    for pattern, scores in patterns.items():
        table.add_row(pattern.name, *_figures(scores))
    table.add_row("all", *_figures(overall(patterns.values())), style="bold")
    out.print(table)
    out.print(f"\n{len(patterns)} patterns, {n_seeds} seeds each.", soft_wrap=True)


def _figures(scores: Compared) -> tuple[str, ...]:
    mine = scores.detector
    counts = (f"{mine.found}/{mine.windows}", mine.alerts, mine.alerts - mine.true_alerts)
    shares = (
        share
        for one in (mine, scores.plain_rising, scores.plain)
        for share in (one.precision, one.recall)
    )
    return (*map(str, counts), *(percent(share) for share in shares))


def percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
