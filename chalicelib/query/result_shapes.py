"""The shapes of an experiment's results, for mypy to check and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.model.answers import Count, Instant
from chalicelib.model.experiment import Status
from chalicelib.model.experiment_results import (
    Conclusion,
    Exclusions,
    MetricResults,
    Split,
    Verdict,
)


class LookRow(TypedDict):
    """What the primary metric said of a variant at one time; `users` are its and the control's."""

    at: Instant
    variant: str
    users: Count
    lift: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict


class ExperimentResults(TypedDict):
    """`computed_at`, `alpha`, `planned_users`, `split` and `exclusions` are null before the first.

    `conclusion` is about the experiment, `conclusions` about each variant but the control.
    """

    experiment_id: str
    version: Annotated[int, Field(ge=1, description="Of the definition they were computed by.")]
    status: Annotated[Status, Field(description="As it is now.")]
    control: str
    computed_at: Instant | None
    hours_covered: Count
    hours_missing: Count
    alpha: Annotated[float | None, Field(description="The level of every interval.")]
    planned_users: Count | None
    users: Count
    conclusion: Conclusion
    conclusions: list[Conclusion]
    metrics: list[MetricResults]
    split: Split | None
    exclusions: Exclusions | None
    notes: list[str]
    looks: Annotated[list[LookRow], Field(description="The oldest first.")]
    looks_left_out: Annotated[Count, Field(description="How many looks were thinned out.")]
