"""CUPED: less noise, by what was known of each user before the experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.experiments.statistics.moments import Moments, pooled
from chalicelib.experiments.statistics.sample import Sample


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`theta` is the regression of values on covariates, over all variants together."""

    theta: float
    samples: Mapping[str, Sample]


def adjust(moments: Mapping[str, Moments]) -> Adjusted | None:
    """Take out of each mean what the covariates explain; None if they are all the same.

    θ = cov(x, y) / var(x) over all variants pooled; the mean is ȳ - θ(x̄ - x̄_all), and
    s² = s_y² + θ²s_x² - 2θ·cov (Deng, Xu, Kohavi and Walker, WSDM 2013).
    """
    everyone = pooled(moments.values())
    if everyone.xx <= 0:
        return None
    theta = everyone.xy / everyone.xx
    return Adjusted(
        theta,
        {variant: _adjusted(one, theta, everyone.mean_x) for variant, one in moments.items()},
    )


def _adjusted(one: Moments, theta: float, mean_of_all: float) -> Sample:
    left = one.yy + theta * theta * one.xx - 2 * theta * one.xy
    return Sample(
        one.n,
        one.mean_y - theta * (one.mean_x - mean_of_all),
        # It is a sum of squares; only rounding can take it below zero.
        max(left, 0.0) / max(one.n - 1, 1),
    )
