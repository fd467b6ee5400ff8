"""What is known of one variant's users: how many, their mean and their variance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """`variance` is that of one user, not of the mean."""

    n: int
    mean: float
    variance: float

    @classmethod
    def of_conversions(cls, n: int, converters: int) -> Sample:
        """Summarise a share: s² = p(1 - p).

        >>> Sample.of_conversions(100, 20)
        Sample(n=100, mean=0.2, variance=0.16000000000000003)
        """
        share = converters / n if n else 0.0
        return cls(n, share, share * (1 - share))

    @property
    def mean_variance(self) -> float:
        """The squared standard error of the mean; 0 without users."""
        return self.variance / self.n if self.n else 0.0
