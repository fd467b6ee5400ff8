"""An anomaly in a sentence or two."""

from __future__ import annotations

from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric

_METRICS = {
    Metric.VOLUME: "Volume",
    Metric.LATENCY: "Latency (p95)",
    Metric.ERROR_RATE: "The error rate",
}
_BASELINES = {
    Baseline.HOUR_OF_WEEK: "the same hour of earlier weeks",
    Baseline.HOUR_OF_DAY: "the same hour of earlier days",
    Baseline.TRAILING: "about the same time of the last days",
}


def explanation(anomaly: Anomaly, *, continues: bool = False) -> str:
    """Say what was observed, what was expected, and why that is an anomaly.

    `continues`: an hour shortly before deviated in the same direction.
    """
    expected = _quantity(anomaly.metric, anomaly.expected, anomaly.scale)
    history = f"{anomaly.history} hours ({_BASELINES[anomaly.baseline]})"
    if anomaly.direction is Direction.NO_DATA:
        what = f"No events arrived; {expected} were expected from {history}."
    else:
        observed = _quantity(anomaly.metric, anomaly.observed)
        what = (
            f"{_METRICS[anomaly.metric]} is {anomaly.direction} its history: {observed},"
            f" where {expected} would be expected from {history}."
        )
    score = f"The score is {anomaly.score:+.1f}, the threshold {anomaly.threshold:g}."
    return f"{what} {score}" + (" It continues an earlier anomaly." if continues else "")


def _quantity(metric: Metric, *values: float) -> str:
    """Write one value, or two as a value and its spread.

    >>> _quantity(Metric.VOLUME, 1236.0, 41.2), _quantity(Metric.ERROR_RATE, 0.5)
    ('1,236 ± 41 events', '50.00 %')
    """
    match metric:
        case Metric.VOLUME:
            return " ± ".join(f"{value:,.0f}" for value in values) + " events"
        case Metric.LATENCY:
            return " ± ".join(f"{value:,.0f}" for value in values) + " ms"
        case Metric.ERROR_RATE:
            return " ± ".join(f"{value * 100:.2f}" for value in values) + " %"
