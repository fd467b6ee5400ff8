"""What an experiment's definition fixes before the first look: levels, shares and samples."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.experiments.statistics.sequential import Sequential
from chalicelib.model.experiment import Experiment

ALPHA = 0.05
# What the tests are tuned to if nothing was planned; they stay valid, and lose some power.
DEFAULT_PLANNED_USERS = 5_000


@dataclass(frozen=True, slots=True)
class Plan:
    experiment: Experiment

    @property
    def variants(self) -> tuple[str, ...]:
        """All variants but the control."""
        keys = (variant.key for variant in self.experiment.variants)
        return tuple(key for key in keys if key != self.experiment.control)

    @property
    def alpha(self) -> float:
        """The level of each comparison: several variants share it (Bonferroni)."""
        return ALPHA / max(len(self.variants), 1)

    @property
    def planned_users(self) -> int:
        return self.experiment.planned_users or DEFAULT_PLANNED_USERS

    @property
    def target_lift(self) -> float | None:
        """The size of the lift that is wanted, in the direction that is better."""
        return abs(self.experiment.target_lift) if self.experiment.target_lift else None

    def share_of_pair(self, variant: str) -> float:
        """The share of all users who are in this variant or the control."""
        weights = self.experiment.weights()
        return (weights[variant] + weights[self.experiment.control]) / sum(weights.values())

    def share_of_control(self, variant: str) -> float:
        """The share of the control's users in the pair."""
        weights = self.experiment.weights()
        control = weights[self.experiment.control]
        return control / (weights[variant] + control)

    def sequential(self, variant: str) -> Sequential:
        """Return the test, tuned to the part of the planned sample that the pair gets."""
        return Sequential(
            self.alpha, max(1, round(self.planned_users * self.share_of_pair(variant)))
        )
