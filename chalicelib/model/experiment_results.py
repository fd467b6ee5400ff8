"""The results of an experiment, as they are stored and answered: plain numbers and text.

Nothing here needs numpy, so that the function that answers can read what another one computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import TypeAdapter, WithJsonSchema

from chalicelib.model.experiment import Direction, MetricKind, Status

# Events may be a month late. After three, results outlast the hours that they were made of.
FINAL_AFTER_HOURS = 90 * 24

# Text, since anomalies have an enumeration `Direction`, too, and a document tells schemas apart by
# their names.
type BetterWay = Annotated[str, WithJsonSchema({"type": "string", "enum": [*map(str, Direction)]})]


class Verdict(StrEnum):
    """In the order in which they are considered."""

    INVALID = "invalid: sample ratio mismatch"
    TOO_EARLY = "too early"
    GUARDRAIL_HURT = "guardrail hurt"
    WINNING = "winning"
    LOSING = "losing"
    INCONCLUSIVE = "inconclusive"


class Cause(StrEnum):
    """Why the verdict is what it is; for programs, where `Conclusion` has words for people."""

    SPLIT_MISMATCH = "split_mismatch"
    DRAFT = "draft"
    NOT_COMPUTED = "not_computed"
    NO_EXPOSURES = "no_exposures"
    NO_EVENTS = "no_events"
    EVENTS_WITHOUT_EXPOSURE = "events_without_exposure"
    CONVERTED_BEFORE_EXPOSURE = "converted_before_exposure"
    TOO_FEW_USERS = "too_few_users"
    TOO_FEW_CONVERTERS = "too_few_converters"
    TOO_FEW_VALUES = "too_few_values"
    NO_VARIATION = "no_variation"
    BASELINE_NEAR_ZERO = "baseline_near_zero"
    TOO_SHORT = "too_short"
    GUARDRAIL_WORSE = "guardrail_worse"
    BETTER = "better"
    WORSE = "worse"
    NEEDS_USERS = "needs_users"
    NEEDS_TIME = "needs_time"
    NO_PLAN = "no_plan"
    PLAN_REACHED = "plan_reached"


class Role(StrEnum):
    """The primary metric alone decides; a guardrail can only object."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    GUARDRAIL = "guardrail"


@dataclass(frozen=True, slots=True)
class Estimate:
    """`low` and `high` are the always-valid interval, null while there is too little data."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A variant compared with the control, by one metric.

    `difference` and `lift` are of the means, adjusted where there is a pre-period; `lift` is null
    where the control's mean isn't above zero. `p` is always valid, and `holm_p` corrects it for
    the number of comparisons that don't decide. `fixed_horizon_p` is of a test that may look only
    once: a reference, which decides nothing. `power` is the probability that the target lift is
    found by a look at these users. `users_needed` is over all variants, and counts those who took
    part already. `lacking` is why there is no interval.
    """

    difference: Estimate
    lift: Estimate | None
    p: float | None
    fixed_horizon_p: float | None
    holm_p: float | None = None
    power: float | None = None
    users_needed: int | None = None
    lacking: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFigures:
    """`mean` is the share of converters, or the mean of the capped values.

    `nonzero_users` have a value other than zero: the converters, for a conversion.
    """

    variant: str
    users: int
    converters: int | None
    nonzero_users: int
    mean: float
    adjusted_mean: float | None = None
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricResults:
    """`cap` is the value that users are capped at, and null for a conversion.

    `floor` is the same for values below zero. `theta` is CUPED's coefficient, null without it.
    """

    key: str
    role: Role
    kind: MetricKind
    direction: BetterWay
    explanation: str
    variants: tuple[VariantFigures, ...]
    cap: float | None = None
    floor: float | None = None
    theta: float | None = None
    converted_before_exposure: int = 0
    users_without_exposure: int = 0


@dataclass(frozen=True, slots=True)
class SplitRow:
    variant: str
    weight: float
    users: int
    expected: float


@dataclass(frozen=True, slots=True)
class Split:
    """Users against the configured weights; `p` is null while there are too few to check."""

    rows: tuple[SplitRow, ...]
    p: float | None
    is_mismatch: bool


@dataclass(frozen=True, slots=True)
class Exclusions:
    crossovers: int
    exposures_of_unknown_variants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """`variant` is null where it is about the experiment as a whole."""

    verdict: Verdict
    cause: Cause
    variant: str | None
    sentence: str
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the primary metric said of a variant at one time; `users` are its and the control's."""

    at_ms: int
    variant: str
    users: int
    lift: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`at_ms` is when they were computed, `alpha` the level of every interval.

    `conclusion` is about the experiment, and `conclusions` about each variant but the control.
    `looks` has every look, the oldest first and this one last.
    """

    experiment_id: str
    version: int
    status: Status
    control: str
    at_ms: int
    hours_covered: int
    hours_missing: int
    alpha: float
    planned_users: int
    users: int
    conclusion: Conclusion
    conclusions: tuple[Conclusion, ...]
    metrics: tuple[MetricResults, ...]
    split: Split
    exclusions: Exclusions
    notes: tuple[str, ...]
    looks: tuple[Look, ...]

    def to_json(self) -> dict[str, object]:
        found: dict[str, object] = _results().dump_python(self, mode="json")
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, object]) -> Results:
        """Read what `to_json` wrote.

        Raises:
            pydantic.ValidationError: it isn't that.
        """
        return _results().validate_python(found)


@cache
def _results() -> TypeAdapter[Results]:
    # On first use, since building it takes longer than importing the shapes.
    return TypeAdapter(Results)
