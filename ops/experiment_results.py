"""The results of an experiment, as the API would answer them, in words and a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.model import instant
from chalicelib.model.experiment_results import (
    Comparison,
    Conclusion,
    MetricResults,
    Results,
    VariantFigures,
)

if TYPE_CHECKING:
    from rich.table import Table


def lines_of(results: Results) -> Iterator[str]:
    """Yield the verdict with its reason and next step, the others, and what to know besides."""
    yield from _said(results.conclusion)
    for other in results.conclusions:
        if other.variant != results.conclusion.variant:
            yield f"{other.variant}: {other.verdict}. {other.sentence}"
    yield from results.notes
    yield (
        f"Computed {instant.to_text(results.at_ms)[:16]}Z from {results.hours_covered:,} hours"
        f" ({results.hours_missing:,} missing) and {results.users:,} users;"
        f" {results.exclusions.crossovers:,} in several variants were left out."
    )


def table_of(results: Results) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Metric")
    table.add_column("Variant")
    for title in ("Users", "Mean", "Lift", "Interval", "p"):
        table.add_column(title, justify="right")
    for metric in results.metrics:
        for figures in metric.variants:
            table.add_row(*_row(metric, figures))
    return table


def split_of(results: Results) -> str:
    rows = ", ".join(
        f"{row.variant} {row.users:,} ({row.expected:,.0f} expected)" for row in results.split.rows
    )
    p = "too few users to check it" if results.split.p is None else f"p = {results.split.p:.2g}"
    return f"Split: {rows}; {p}."


def _said(conclusion: Conclusion) -> Iterator[str]:
    yield f"{conclusion.verdict}: {conclusion.sentence}"
    yield conclusion.reason
    yield f"Next: {conclusion.next_step}"


def _row(metric: MetricResults, figures: VariantFigures) -> tuple[str, ...]:
    mean = f"{figures.mean:.2%}" if metric.kind == "conversion" else f"{figures.mean:,.4g}"
    head = (metric.key, figures.variant, f"{figures.users:,}", mean)
    return (*head, *_compared(figures.comparison))


def _compared(comparison: Comparison | None) -> tuple[str, str, str]:
    if comparison is None:
        return "", "", ""
    p = comparison.p if comparison.holm_p is None else comparison.holm_p
    shown = "" if p is None else f"{p:.2g}"
    lift = comparison.lift
    if lift is None:
        return "", str(comparison.lacking or ""), shown
    if lift.low is None or lift.high is None:
        return f"{lift.value:+.1%}", str(comparison.lacking or ""), shown
    return f"{lift.value:+.1%}", f"{lift.low:+.1%} to {lift.high:+.1%}", shown
