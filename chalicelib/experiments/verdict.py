"""The verdict on each variant, and on the experiment: what is decided, before it is worded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.experiments.comparison import Compared
from chalicelib.experiments.measured import Measured
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.plan import Plan
from chalicelib.experiments.statistics.interval import Interval
from chalicelib.experiments.statistics.sample_ratio import SampleRatio
from chalicelib.model.experiment import Direction, Status
from chalicelib.model.experiment_results import Cause, Role, Verdict
from chalicelib.model.instant import HOUR_MS

# A shorter run has seen neither a weekend nor a Monday, and mostly the users who come every day.
LEAST_HOURS = 72

# Which variant's verdict speaks for an experiment of several.
_RANK = (
    Verdict.INVALID,
    Verdict.WINNING,
    Verdict.GUARDRAIL_HURT,
    Verdict.TOO_EARLY,
    Verdict.INCONCLUSIVE,
    Verdict.LOSING,
)


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict rests on."""

    observed: Observed
    plan: Plan
    split: SampleRatio
    measured: Sequence[Measured]

    @property
    def primary(self) -> Measured:
        return self.measured[0]

    @property
    def users(self) -> int:
        return sum(cell.users for cell in self.split.cells)

    @property
    def hours_run(self) -> int:
        """The whole hours that the experiment has run and that are known, without a pre-period.

        Hours covered may include the pre-period's, which the clock tells apart.
        """
        experiment, covered = self.observed.experiment, self.observed.hours_covered
        if experiment.started is None:
            return covered
        end = self.observed.at_ms
        if experiment.stopped:
            end = min(end, experiment.stopped.start_ms)
        return min(covered, max(0, (end - experiment.started.start_ms) // HOUR_MS))

    @property
    def is_stopped(self) -> bool:
        return self.observed.experiment.status is Status.STOPPED

    def hurt_guardrails(self, variant: str) -> list[Measured]:
        return [
            one
            for one in self.measured
            if one.role is Role.GUARDRAIL and _side(one, variant) is Cause.WORSE
        ]

    def unjudged_guardrails(self) -> list[Measured]:
        """Those that no variant can be compared by yet."""
        return [
            one
            for one in self.measured
            if one.role is Role.GUARDRAIL
            and not any(isinstance(found, Compared) for found in one.compared.values())
        ]


@dataclass(frozen=True, slots=True)
class Decided:
    """`users_needed` are over all variants, and count those who took part already."""

    variant: str
    verdict: Verdict
    cause: Cause
    users_needed: int | None = None


def decide(case: Case, variant: str) -> Decided:
    """Judge one variant: invalid, too early, guardrail hurt, winning or losing, inconclusive."""
    if case.observed.experiment.status is Status.DRAFT:
        return Decided(variant, Verdict.TOO_EARLY, Cause.DRAFT)
    if case.split.is_mismatch:
        return Decided(variant, Verdict.INVALID, Cause.SPLIT_MISMATCH)
    missing = _why_no_answer(case, variant)
    if missing:
        return Decided(variant, Verdict.TOO_EARLY, missing)
    return _answer(case, variant)


def _answer(case: Case, variant: str) -> Decided:
    if case.hurt_guardrails(variant):
        return Decided(variant, Verdict.GUARDRAIL_HURT, Cause.GUARDRAIL_WORSE)
    match _side(case.primary, variant):
        case Cause.BETTER:
            return Decided(variant, Verdict.WINNING, Cause.BETTER)
        case Cause.WORSE:
            return Decided(variant, Verdict.LOSING, Cause.WORSE)
        case _:
            return _inconclusive(case, variant)


def headline(decided: Sequence[Decided], primary: Measured) -> Decided:
    """Choose the verdict that speaks for the experiment: of several winners, the largest lift."""
    return min(decided, key=lambda one: (_RANK.index(one.verdict), -_gain(primary, one.variant)))


def gain(interval: Interval, direction: Direction) -> Interval:
    """Return the interval with its better side up.

    >>> gain(Interval(-0.1, -0.2, 0.05), Direction.DECREASE)
    Interval(value=0.1, low=-0.05, high=0.2)
    """
    if direction is Direction.INCREASE:
        return interval
    return Interval(-interval.value, -interval.high, -interval.low)


def _why_no_answer(case: Case, variant: str) -> Cause | None:
    if not case.users:
        return _why_nobody(case)
    compared = case.primary.compared[variant]
    if isinstance(compared, Cause):
        is_silent = not any(tally.nonzero for tally in case.primary.tallies.by_variant.values())
        return _why_silent(case) if is_silent else compared
    if case.split.p is None:
        return Cause.TOO_FEW_USERS
    return Cause.TOO_SHORT if case.hours_run < LEAST_HOURS else None


def _why_nobody(case: Case) -> Cause:
    is_active = _count(case.observed.users_without_exposure, case)
    return Cause.EVENTS_WITHOUT_EXPOSURE if is_active else Cause.NO_EXPOSURES


def _why_silent(case: Case) -> Cause:
    if _count(case.observed.converted_before_exposure, case):
        return Cause.CONVERTED_BEFORE_EXPOSURE
    if _count(case.observed.users_without_exposure, case):
        return Cause.EVENTS_WITHOUT_EXPOSURE
    return Cause.NO_EVENTS


def _count(by_metric: Mapping[str, int], case: Case) -> int:
    return by_metric.get(case.primary.metric.key, 0)


def _inconclusive(case: Case, variant: str) -> Decided:
    experiment = case.observed.experiment
    needed = case.primary.users_needed(case.plan, variant) or experiment.planned_users
    if needed:
        cause = Cause.NEEDS_USERS if needed > case.users else Cause.PLAN_REACHED
        return Decided(variant, Verdict.INCONCLUSIVE, cause, needed)
    if not experiment.planned_days:
        return Decided(variant, Verdict.INCONCLUSIVE, Cause.NO_PLAN)
    is_over = case.hours_run >= experiment.planned_days * 24
    cause = Cause.PLAN_REACHED if is_over else Cause.NEEDS_TIME
    return Decided(variant, Verdict.INCONCLUSIVE, cause)


def _side(measured: Measured, variant: str) -> Cause | None:
    """Say on which side of zero the whole interval of the difference lies, if on one."""
    compared = measured.compared[variant]
    if not isinstance(compared, Compared):
        return None
    better = gain(compared.difference, measured.metric.direction)
    if better.low > 0:
        return Cause.BETTER
    return Cause.WORSE if better.high < 0 else None


def _gain(measured: Measured, variant: str) -> float:
    compared = measured.compared[variant]
    if not isinstance(compared, Compared):
        return 0.0
    return gain(compared.difference, measured.metric.direction).value
