"""A definition as JSON: the shapes of the API, in which it is also stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict

from chalicelib.model import instant
from chalicelib.model.experiment import (
    WHOLE,
    Direction,
    Experiment,
    Metric,
    MetricKind,
    Status,
    Variant,
)
from chalicelib.model.hour import Hour


class VariantJson(TypedDict):
    """`weight` is a share of those who take part."""

    key: str
    weight: float


class MetricJson(TypedDict):
    """What is compared: who did it, or the sum or mean of a property over each user's events."""

    key: str
    event_type: str
    kind: MetricKind
    property: str | None
    currency: str | None
    direction: Literal["increase", "decrease"]


class NamespaceJson(TypedDict):
    """The part of a namespace that takes part; parts of one that don't overlap share no user."""

    name: str
    range: list[float]


class Definition(TypedDict):
    """One version of an experiment; `coverage` is the share of users that take part."""

    experiment_id: str
    version: int
    updated_at: str
    name: str
    hypothesis: str
    status: Status
    variants: list[VariantJson]
    control: str
    coverage: float
    salt: str
    namespace: NamespaceJson | None
    primary_metric: MetricJson
    secondary_metrics: list[MetricJson]
    guardrails: list[MetricJson]
    target_lift: float | None
    planned_users: int | None
    planned_days: int | None
    horizon_hours: int | None
    pre_period_hours: int
    enriched_types: list[str]
    assigned: dict[str, str]
    started: str | None
    stopped: str | None


def to_json(experiment: Experiment) -> Definition:
    return {
        "experiment_id": experiment.experiment_id,
        "version": experiment.version,
        "updated_at": instant.to_text(experiment.updated_at_ms),
        "name": experiment.name,
        "hypothesis": experiment.hypothesis,
        "status": experiment.status,
        "variants": [{"key": v.key, "weight": v.weight / WHOLE} for v in experiment.variants],
        "control": experiment.control,
        "coverage": experiment.coverage / WHOLE,
        "salt": experiment.salt,
        "namespace": _namespace(experiment),
        "primary_metric": _metric(experiment.primary),
        "secondary_metrics": [*map(_metric, experiment.secondary)],
        "guardrails": [*map(_metric, experiment.guardrails)],
        "target_lift": experiment.target_lift,
        "planned_users": experiment.planned_users,
        "planned_days": experiment.planned_days,
        "horizon_hours": experiment.horizon_hours,
        "pre_period_hours": experiment.pre_period_hours,
        "enriched_types": [*experiment.enriched_types],
        "assigned": dict(experiment.assigned),
        "started": experiment.started.window_start if experiment.started else None,
        "stopped": experiment.stopped.window_start if experiment.stopped else None,
    }


def of_json(given: Mapping[str, Any]) -> Experiment:
    """Read what `to_json` wrote; it is not checked again."""
    namespace = given["namespace"]
    first, end = namespace["range"] if namespace else (0.0, 1.0)
    return Experiment(
        experiment_id=given["experiment_id"],
        version=given["version"],
        updated_at_ms=instant.from_text(given["updated_at"]),
        name=given["name"],
        hypothesis=given["hypothesis"],
        status=Status(given["status"]),
        variants=tuple(Variant(one["key"], parts(one["weight"])) for one in given["variants"]),
        control=given["control"],
        coverage=parts(given["coverage"]),
        salt=given["salt"],
        namespace=namespace["name"] if namespace else None,
        namespace_range=(parts(first), parts(end)),
        primary=metric_of(given["primary_metric"]),
        secondary=_metrics_of(given["secondary_metrics"]),
        guardrails=_metrics_of(given["guardrails"]),
        target_lift=given["target_lift"],
        planned_users=given["planned_users"],
        planned_days=given["planned_days"],
        horizon_hours=given["horizon_hours"],
        pre_period_hours=given["pre_period_hours"],
        enriched_types=tuple(given["enriched_types"]),
        assigned=given["assigned"],
        started=Hour.parse(given["started"]) if given["started"] else None,
        stopped=Hour.parse(given["stopped"]) if given["stopped"] else None,
    )


def parts(fraction: float) -> int:
    """Return a fraction in parts of `WHOLE`.

    >>> parts(0.3333)
    3333
    """
    return round(fraction * WHOLE)


def metric_of(given: Mapping[str, Any]) -> Metric:
    return Metric(
        key=given["key"],
        event_type=given["event_type"],
        kind=MetricKind(given["kind"]),
        property=given["property"],
        currency=given["currency"],
        direction=Direction(given["direction"]),
    )


def _metrics_of(given: Iterable[Mapping[str, Any]]) -> tuple[Metric, ...]:
    return tuple(metric_of(one) for one in given)


def _metric(metric: Metric) -> MetricJson:
    return {
        "key": metric.key,
        "event_type": metric.event_type,
        "kind": metric.kind,
        "property": metric.property,
        "currency": metric.currency,
        "direction": "increase" if metric.direction is Direction.INCREASE else "decrease",
    }


def _namespace(experiment: Experiment) -> NamespaceJson | None:
    if experiment.namespace is None:
        return None
    first, end = experiment.namespace_range
    return {"name": experiment.namespace, "range": [first / WHOLE, end / WHOLE]}
