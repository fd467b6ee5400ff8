"""What was observed of an experiment, user by user; the input of its statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chalicelib.model.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Arm:
    """The users of one variant who count: exposed, and to no other variant.

    `values` are float64, one for each of them, 0.0 or 1.0 for a conversion. `covariates` are the
    same users' values of the pre-period, or None without one.
    """

    n_users: int
    values: np.ndarray
    covariates: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """`hours_covered` are rolled up; `hours_missing` are not yet.

    `exposed` counts users by variant, without the `crossovers`, who saw two variants or more.
    `converted_before_exposure` counts, by metric, exposed users whose only matching events came
    before their exposure; `users_without_exposure` those who have matching events and were never
    exposed. `arms` are by metric and variant.
    """

    experiment: Experiment
    at_ms: int
    hours_covered: int
    hours_missing: int
    exposed: Mapping[str, int]
    crossovers: int
    exposures_of_unknown_variants: int
    converted_before_exposure: Mapping[str, int]
    users_without_exposure: Mapping[str, int]
    arms: Mapping[str, Mapping[str, Arm]]
