"""What an experiment is: who takes part, what is compared, and what decides.

Definitions that reach these shapes are valid; `chalicelib.experiments` checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.model.hour import Hour

# Weights and coverage are counted in parts of this, as the buckets of the hash are.
WHOLE = 10_000
# What clients send when a user sees a variant; every running experiment enriches it.
EXPOSURE = "exposure"
# A change takes effect for records that arrive this much later. A container that has read the
# definitions within that time knows all that is in effect, so that every attempt at a record sees
# the same.
EFFECTIVE_AFTER_MS = 120_000
# Of those that run at once: a record's counters have to fit into one transaction.
MAX_RUNNING = 40


class Status(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"


class MetricKind(StrEnum):
    """What a user contributes: whether they did it, or the sum or mean of a property."""

    CONVERSION = "conversion"
    SUM = "sum"
    MEAN = "mean"


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(frozen=True, slots=True)
class Variant:
    """`weight` is its share of those who take part, in parts of `WHOLE`."""

    key: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """`property` is `amount` or `value`, and none for a conversion; amounts need a currency."""

    key: str
    event_type: str
    kind: MetricKind = MetricKind.CONVERSION
    property: str | None = None
    currency: str | None = None
    direction: Direction = Direction.INCREASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One version of a definition.

    `coverage` is the share of all users that take part, in parts of `WHOLE`. `target_lift` is
    relative: 0.05 is five per cent. `planned_users` is the sample over all variants. A user's
    events count for `horizon_hours` from the first exposure, or until the end where it is None.
    `started` is the first whole hour that counts, `stopped` the first that doesn't any more: those
    in which the status changed count as wholes. Users outside a part of `namespace`, by a hash of
    their own, don't take part. `assigned` are variants by user that win over the hash.
    """

    experiment_id: str
    name: str
    salt: str
    variants: tuple[Variant, ...]
    control: str
    primary: Metric
    version: int = 1
    updated_at_ms: int = 0
    hypothesis: str = ""
    status: Status = Status.DRAFT
    coverage: int = WHOLE
    namespace: str | None = None
    namespace_range: tuple[int, int] = (0, WHOLE)
    secondary: tuple[Metric, ...] = ()
    guardrails: tuple[Metric, ...] = ()
    target_lift: float | None = None
    planned_users: int | None = None
    planned_days: int | None = None
    horizon_hours: int | None = None
    pre_period_hours: int = 0
    enriched_types: tuple[str, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)
    started: Hour | None = None
    stopped: Hour | None = None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.primary, *self.secondary, *self.guardrails)

    @property
    def effective_ms(self) -> int:
        """From when on this version counts for the records that arrive."""
        return self.updated_at_ms + EFFECTIVE_AFTER_MS

    @property
    def touched_types(self) -> frozenset[str]:
        """The event types that it enriches while it runs."""
        types = (metric.event_type for metric in self.metrics)
        return frozenset({EXPOSURE, *types, *self.enriched_types})

    def weights(self) -> dict[str, int]:
        return {variant.key: variant.weight for variant in self.variants}
