"""What an alert says, to the people it wakes and to machines."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, groupby

from chalicelib.model.alert import Alert
from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric
from chalicelib.model.rollup import ALL_TYPES

# One less than SNS accepts.
MAX_SUBJECT = 99
# Five copies of a message, one per protocol, must fit into the 256 KiB that SNS accepts.
MAX_TOGETHER = 50
# Nobody reads more than this at night.
MAX_LINES = 10

_METRICS = {
    Metric.VOLUME: "Volume",
    Metric.LATENCY: "Latency (p95)",
    Metric.ERROR_RATE: "Error rate",
}
_DIRECTIONS = {
    Direction.ABOVE: "far above normal",
    Direction.BELOW: "far below normal",
    Direction.NO_DATA: "zero: no events arrived",
}
_IN_SQL = {
    Metric.VOLUME: "count(*)",
    Metric.LATENCY: "approx_percentile(latency_ms, 0.95)",
    Metric.ERROR_RATE: "avg(if(is_error, 1.0, 0.0))",
}
_SHORT = {Direction.ABOVE: "high", Direction.BELOW: "low", Direction.NO_DATA: "is zero"}
_BASELINES = {
    Baseline.HOUR_OF_WEEK: "the same hour of the week",
    Baseline.HOUR_OF_DAY: "the same hour of the day",
    Baseline.TRAILING: "around this time on the previous days",
}


@dataclass(frozen=True, slots=True)
class DeploymentNames:
    """Where to look: the stage and its tables."""

    stage: str
    aggregates_table: str
    anomalies_table: str


def grouped(anomalies: Sequence[Anomaly]) -> Iterator[Sequence[Anomaly]]:
    """Group what belongs in one alert, oldest first: an outage affects every event type."""

    def key(anomaly: Anomaly) -> tuple[object, ...]:
        return anomaly.hour, anomaly.metric, anomaly.direction

    for _, together in groupby(sorted(anomalies, key=key), key):
        yield from batched(sorted(together, key=_weight), MAX_TOGETHER)


def _weight(anomaly: Anomaly) -> tuple[bool, float, str]:
    """Sort the sum of all types first, then by how far each deviates."""
    return anomaly.event_type != ALL_TYPES, -abs(anomaly.score), anomaly.event_type


def alert_of(anomalies: Sequence[Anomaly], deployment: DeploymentNames) -> Alert:
    """Word the alert about anomalies of one hour, metric and direction, most severe first."""
    first = anomalies[0]
    alert_id = _id(anomalies)
    text = "\n".join(_lines(anomalies, deployment, alert_id))
    return Alert(
        id=alert_id,
        subject=_subject(anomalies, deployment),
        text=text,
        body={
            "alert_id": alert_id,
            "stage": deployment.stage,
            "metric": first.metric,
            "direction": first.direction,
            "window_start": first.hour.window_start,
            "window_end": first.hour.window_end,
            "anomalies": [_body(anomaly) for anomaly in anomalies],
            "text": text,
        },
        attributes={
            "stage": deployment.stage,
            "metric": first.metric,
            "direction": first.direction,
            "event_type": first.event_type,
        },
    )


def _id(anomalies: Sequence[Anomaly]) -> str:
    """Derive it from the anomalies, so that a repeated alert can be recognised."""
    names = "\n".join(sorted(str(anomaly) for anomaly in anomalies))
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def _body(anomaly: Anomaly) -> dict[str, object]:
    return {
        "event_type": anomaly.event_type,
        "observed": anomaly.observed,
        "expected": anomaly.expected,
        "scale": anomaly.scale,
        "score": anomaly.score,
        "threshold": anomaly.threshold,
        "baseline": anomaly.baseline,
        "history": anomaly.history,
    }


def _subject(anomalies: Sequence[Anomaly], deployment: DeploymentNames) -> str:
    """Summarise in one line of ASCII; only the event type's name may have to be cut."""
    first = anomalies[0]
    others = f" +{len(anomalies) - 1}" if len(anomalies) > 1 else ""
    metric = first.metric.replace("_", " ")
    before = f"EventStream {deployment.stage}: {metric} {_SHORT[first.direction]}, "
    after = f"{others}, {first.hour.text.replace('T', ' ')}:00 UTC"
    room = MAX_SUBJECT - len(before) - len(after)
    name = _type(first)
    return before + (name if len(name) <= room else f"{name[: room - 3]}...") + after


def _lines(
    anomalies: Sequence[Anomaly], deployment: DeploymentNames, alert_id: str
) -> Iterator[str]:
    first = anomalies[0]
    day, hour = first.hour.text.split("T")
    yield f"{_METRICS[first.metric]} is {_DIRECTIONS[first.direction]}."
    yield ""
    yield f"Stage     {deployment.stage}"
    yield f"Hour      {day} {hour}:00 to {first.hour.plus(1).text[11:]}:00 UTC"
    yield ""
    for anomaly in anomalies[:MAX_LINES]:
        yield from _figures(anomaly)
    if len(anomalies) > MAX_LINES:
        yield f"... and {len(anomalies) - MAX_LINES} more event types, all in the JSON body."
        yield ""
    yield from _where(first, deployment)
    yield ""
    yield f"Alert {alert_id}. It is sent when an episode begins, not during it."
    yield "Duplicates carry the same id. If late events explain it, its row in the"
    yield "anomalies table gets withdrawn_at."


def _figures(anomaly: Anomaly) -> Iterator[str]:
    yield _type(anomaly)
    yield f"  observed  {_quantity(anomaly, anomaly.observed)}"
    yield f"  expected  {_range(anomaly)}"
    limit = math.copysign(anomaly.threshold, anomaly.score)
    yield f"  score     {anomaly.score:+.1f} (alert threshold {limit:g})"
    yield f"  history   {anomaly.history} hours: {_BASELINES[anomaly.baseline]}"
    yield ""


def _where(anomaly: Anomaly, deployment: DeploymentNames) -> Iterator[str]:
    year, month, day, hour = (part.split("=")[1] for part in anomaly.hour.partition.split("/"))
    yield "Where to look"
    yield f"  rollups    table {deployment.aggregates_table},"
    yield f"             event_type = {anomaly.event_type},"
    yield f"             window_start = {anomaly.hour.window_start}"
    yield "             (its n_missing counts records still on their way)"
    yield f"  the day    python -m ops report --stage {deployment.stage} --by hour"
    yield f"             --from {anomaly.hour.plus(-24).text} --to {anomaly.hour.plus(1).text}"
    yield f"  anomalies  table {deployment.anomalies_table}, metric = {anomaly.metric}"
    figure = _IN_SQL[anomaly.metric]
    yield f"  in Athena  SELECT event_type, source, {figure}"
    yield "             FROM events_unique"
    yield f"             WHERE year = '{year}' AND month = '{month}'"
    yield f"             AND day = '{day}' AND hour = '{hour}'"
    yield "             GROUP BY 1, 2 ORDER BY 3 DESC"
    yield f"  to mute    ANOMALY_MUTES={anomaly.event_type}.{anomaly.metric}"


def _type(anomaly: Anomaly) -> str:
    return "all event types" if anomaly.event_type == ALL_TYPES else anomaly.event_type


def _range(anomaly: Anomaly) -> str:
    match anomaly.metric:
        case Metric.VOLUME:
            return f"{anomaly.expected:,.0f} ± {anomaly.scale:,.0f} events"
        case Metric.LATENCY:
            return f"{anomaly.expected:,.0f} ± {anomaly.scale:,.0f} ms"
        case Metric.ERROR_RATE:
            return f"{anomaly.expected:.2%} ± {anomaly.scale:.2%}"


def _quantity(anomaly: Anomaly, value: float) -> str:
    match anomaly.metric:
        case Metric.VOLUME:
            return f"{value:,.0f} events"
        case Metric.LATENCY:
            return f"{value:,.0f} ms"
        case Metric.ERROR_RATE:
            return f"{value:.2%}"
