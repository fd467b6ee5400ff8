"""What a metric's number is, and what it is not."""

from __future__ import annotations

from chalicelib.experiments.tallies import Tallies
from chalicelib.model.experiment import Metric, MetricKind


def explain(metric: Metric, tallies: Tallies, horizon_hours: int | None) -> str:
    span = f"within {horizon_hours} hours of" if horizon_hours else "after"
    parts = [_subject(metric, span)]
    if tallies.cap is not None:
        parts.append(
            f"It is a capped mean: each user counts for at most {tallies.cap.high:,.6g}, the"
            " 99.9th percentile over all variants, so that one user can't decide it."
        )
    if tallies.theta is not None:
        parts.append(
            "Differences are adjusted by what the same users did before (CUPED), which removes"
            " noise and favours no variant; so they differ a little from those of the means."
        )
    return " ".join(parts)


def _subject(metric: Metric, span: str) -> str:
    what = f"{metric.property} of {metric.event_type} events"
    if metric.currency:
        what += f" in {metric.currency}"
    match metric.kind:
        case MetricKind.CONVERSION:
            return (
                f"The share of exposed users with an event of type {metric.event_type} {span}"
                " their first exposure."
            )
        case MetricKind.SUM:
            return f"The sum of {what} {span} a user's first exposure, per exposed user."
        case MetricKind.MEAN:
            return (
                f"The mean of {what} {span} a user's first exposure, averaged over exposed users."
            )
