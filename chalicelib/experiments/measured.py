"""One metric of an experiment, measured over all of its variants."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.experiments.comparison import Compared, Tally, compare
from chalicelib.experiments.plan import Plan
from chalicelib.experiments.statistics import sample_size
from chalicelib.experiments.tallies import Tallies
from chalicelib.model.experiment import Metric
from chalicelib.model.experiment_results import Cause, Role


@dataclass(frozen=True, slots=True)
class Measured:
    """`compared` has every variant but the control."""

    metric: Metric
    role: Role
    tallies: Tallies
    compared: Mapping[str, Compared | Cause]

    def users_needed(self, plan: Plan, variant: str) -> int | None:
        """The users of all variants together that the target lift takes; None without a target.

        It is from the variances that were observed, so it sharpens from look to look.
        """
        control, other = self._pair(plan, variant)
        target, compared = self._target(plan), self.compared[variant]
        if not target or not isinstance(compared, Compared) or control.sample.mean <= 0:
            return None
        pair = sample_size.users_in_pair(
            control.sample,
            other.sample,
            target,
            share_a=plan.share_of_control(variant),
            alpha=plan.alpha,
        )
        return math.ceil(pair / plan.share_of_pair(variant))

    def power(self, plan: Plan, variant: str) -> float | None:
        """The probability that this look finds the target lift; None without a target."""
        control, _ = self._pair(plan, variant)
        target, compared = self._target(plan), self.compared[variant]
        if not target or not isinstance(compared, Compared) or control.sample.mean <= 0:
            return None
        effect = target * control.sample.mean
        return sample_size.power(effect, compared.standard_error, compared.critical)

    def _target(self, plan: Plan) -> float | None:
        # The target is the primary metric's; the others have none.
        return plan.target_lift if self.role is Role.PRIMARY else None

    def _pair(self, plan: Plan, variant: str) -> tuple[Tally, Tally]:
        tallies = self.tallies.by_variant
        return tallies[plan.experiment.control], tallies[variant]


def measure(metric: Metric, role: Role, tallies: Tallies, plan: Plan) -> Measured:
    control = tallies.by_variant[plan.experiment.control]
    compared = {
        variant: compare(
            metric.kind, control, tallies.by_variant[variant], plan.sequential(variant)
        )
        for variant in plan.variants
    }
    return Measured(metric, role, tallies, compared)
