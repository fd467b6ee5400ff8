"""One metric's users of every variant, capped, adjusted and summed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chalicelib.experiments.comparison import Tally
from chalicelib.experiments.observations import Arm
from chalicelib.experiments.statistics.capped import Cap, pooled_cap
from chalicelib.experiments.statistics.cuped import Adjusted, adjust
from chalicelib.experiments.statistics.moments import Moments, sample_of
from chalicelib.experiments.statistics.sample import Sample
from chalicelib.model.experiment import MetricKind

NOBODY = Arm(0, np.empty(0), None)


@dataclass(frozen=True, slots=True)
class Tallies:
    """`cap` is None for conversions and without users, `theta` without a pre-period."""

    by_variant: Mapping[str, Tally]
    cap: Cap | None
    theta: float | None


def tally(kind: MetricKind, arms: Mapping[str, Arm]) -> Tallies:
    values = {variant: arm.values for variant, arm in arms.items()}
    cap = None if kind is MetricKind.CONVERSION else pooled_cap(list(values.values()))
    capped = {variant: cap(found) if cap else found for variant, found in values.items()}
    adjusted = _adjusted(kind, arms, capped)
    tallies = {}
    for variant, found in capped.items():
        plain = _plain(kind, found)
        sample = adjusted.samples[variant] if adjusted else plain
        tallies[variant] = Tally(plain, sample, int(np.count_nonzero(values[variant])))
    return Tallies(tallies, cap, adjusted.theta if adjusted else None)


def _plain(kind: MetricKind, values: np.ndarray) -> Sample:
    if kind is MetricKind.CONVERSION:
        return Sample.of_conversions(len(values), int(np.count_nonzero(values)))
    return sample_of(values)


def _adjusted(
    kind: MetricKind, arms: Mapping[str, Arm], values: Mapping[str, np.ndarray]
) -> Adjusted | None:
    # An arm without users has no pre-period either, and needs none.
    before = {
        variant: arm.covariates if arm.n_users else np.empty(0) for variant, arm in arms.items()
    }
    known = {variant: found for variant, found in before.items() if found is not None}
    if len(known) < len(before):
        return None
    # The pre-period has the same heavy tail as what follows.
    cap = None if kind is MetricKind.CONVERSION else pooled_cap(list(known.values()))
    capped = {variant: cap(found) if cap else found for variant, found in known.items()}
    return adjust({variant: Moments.of(values[variant], capped[variant]) for variant in values})
