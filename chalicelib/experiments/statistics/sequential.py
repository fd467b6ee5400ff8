"""The always-valid interval and p: they hold at every look, so one may look at any time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chalicelib.experiments.statistics.sample import Sample


@dataclass(frozen=True, slots=True)
class Sequential:
    """An asymptotic confidence sequence (Waudby-Smith et al., Annals of Statistics, 2024).

    `planned` is N*, the users of both variants for which it is tightest. It is chosen before the
    first look: N* must not depend on what was observed. With L = -2 ln α,
    ρ² = (L + ln(L + 1)) / N* and k = Nρ² + 1 at N users.
    """

    alpha: float
    planned: int

    @property
    def rho_squared(self) -> float:
        """ρ², the variance of the mixture."""
        spent = -2 * math.log(self.alpha)
        return (spent + math.log(spent + 1)) / self.planned

    def critical(self, n: int) -> float:
        """The number of standard errors on each side at N users: √(2k / (Nρ²) · ln(√k / α)).

        >>> round(Sequential(0.05, 5_000).critical(5_000), 4)
        3.0352
        """
        scaled = n * self.rho_squared
        return math.sqrt(2 * (scaled + 1) / scaled * self._log_bound(scaled))

    def p(self, z: float, n: int) -> float:
        """min(1, √k · exp(-z²Nρ² / 2k)), which is below α exactly when |z| is above `critical`.

        >>> Sequential(0.05, 5_000).p(0.5, 5_000)
        1.0
        """
        scaled = n * self.rho_squared
        k = scaled + 1
        return min(1.0, math.exp(0.5 * math.log(k) - z * z * scaled / (2 * k)))

    def _log_bound(self, scaled: float) -> float:
        return 0.5 * math.log(scaled + 1) - math.log(self.alpha)


def standard_error(a: Sample, b: Sample) -> float:
    """The standard error of the difference of two means, √(s_a²/n_a + s_b²/n_b)."""
    return math.sqrt(a.mean_variance + b.mean_variance)
