"""What the parts of a definition have to be to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.model.code import Code, Problem
from chalicelib.model.experiment import EXPOSURE, WHOLE, Experiment, Metric, MetricKind

PROPERTIES = ("amount", "value")


def problems_of(experiment: Experiment) -> list[Problem]:
    """Return every problem of a definition by itself."""
    return [*_of_variants(experiment), *_of_namespace(experiment), *_of_metrics(experiment)]


def _of_variants(experiment: Experiment) -> Iterator[Problem]:
    keys = [variant.key for variant in experiment.variants]
    total = sum(experiment.weights().values()) if len(set(keys)) == len(keys) else WHOLE
    if total != WHOLE:
        message = f"the weights of variants must sum to 1, and sum to {total / WHOLE}"
        yield Problem("variants", Code.WEIGHTS_DO_NOT_SUM, message)
    for place, variant in enumerate(experiment.variants):
        if not variant.weight:
            field = f"variants.{place}.weight"
            yield Problem(field, Code.OUT_OF_RANGE, f"{field} must be at least 0.0001")
    yield from _repeated("variants", keys)
    if experiment.control not in keys:
        message = f"control must be the key of a variant: {', '.join(keys)}"
        yield Problem("control", Code.UNKNOWN_VARIANT, message)
    for name in sorted({*experiment.assigned.values()}.difference(keys)):
        message = f"assigned names the variant {name}, and there are {', '.join(keys)}"
        yield Problem("assigned", Code.UNKNOWN_VARIANT, message)


def _of_namespace(experiment: Experiment) -> Iterator[Problem]:
    first, end = experiment.namespace_range
    if first >= end:
        message = "the first number of namespace.range must be below the second"
        yield Problem("namespace.range", Code.INVALID_RANGE, message)


def _of_metrics(experiment: Experiment) -> Iterator[Problem]:
    yield from _repeated("metrics", [metric.key for metric in experiment.metrics])
    yield from _of_metric("primary_metric", experiment.primary)
    for name, metrics in (
        ("secondary_metrics", experiment.secondary),
        ("guardrails", experiment.guardrails),
    ):
        for place, metric in enumerate(metrics):
            yield from _of_metric(f"{name}.{place}", metric)


def _of_metric(field: str, metric: Metric) -> Iterator[Problem]:
    if metric.property not in {None, *PROPERTIES}:
        message = f"{field}.property must be one of {', '.join(PROPERTIES)}"
        yield Problem(f"{field}.property", Code.UNKNOWN_PROPERTY, message)
        return
    why = _inconsistent(metric)
    if why:
        yield Problem(field, Code.INCONSISTENT_METRIC, f"{field}: {why}")


def _inconsistent(metric: Metric) -> str:
    is_conversion = metric.kind is MetricKind.CONVERSION
    needs_currency = metric.property == "amount"
    if metric.event_type == EXPOSURE:
        return "exposures decide who takes part, and can't be a metric"
    if is_conversion and metric.property is not None:
        return "a conversion has no property"
    if not is_conversion and metric.property is None:
        return f"a {metric.kind} needs a property: amount or value"
    if needs_currency and metric.currency is None:
        return "amounts of several currencies can't be added, so it needs a currency"
    if metric.currency is not None and not needs_currency:
        return "only an amount has a currency"
    return ""


def _repeated(field: str, keys: Iterable[str]) -> Iterator[Problem]:
    for key, n in Counter(keys).items():
        if n > 1:
            yield Problem(field, Code.REPEATED_KEY, f"the key {key} occurs {n} times in {field}")
