"""The threshold of each series, and the series that never alert."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.model.anomaly import Metric

ANY = "*"

_SERIES = re.compile(rf"(\*|_all|[a-z][a-z0-9_]{{0,63}})(\.({'|'.join(Metric)}))?")


@dataclass(frozen=True, slots=True)
class Rules:
    """Series are named as `checkout.latency`, `checkout`, `*.latency` or `*`; `_all` is a type.

    The most specific threshold applies, in this order; so does any mute.

    Raises:
        ValueError: not a valid name of a series, or not a positive threshold.
    """

    threshold: float = 3.0
    thresholds: Mapping[str, float] = field(default_factory=dict)
    mutes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for series in (*self.thresholds, *self.mutes):
            if not _SERIES.fullmatch(series):
                message = f"not a series such as checkout, checkout.latency or *.latency: {series}"
                raise ValueError(message)
        if not all(threshold > 0 for threshold in (self.threshold, *self.thresholds.values())):
            raise ValueError("a threshold must be above zero")

    def threshold_of(self, event_type: str, metric: Metric) -> float:
        """Return the threshold of a series.

        >>> rules = Rules(3.0, {"*.latency": 4.0, "checkout": 5.0})
        >>> [rules.threshold_of(t, Metric.LATENCY) for t in ("checkout", "click")]
        [5.0, 4.0]
        """
        named = (self.thresholds[n] for n in _names(event_type, metric) if n in self.thresholds)
        return next(named, self.threshold)

    def is_muted(self, event_type: str, metric: Metric) -> bool:
        return any(name in self.mutes for name in _names(event_type, metric))


def _names(event_type: str, metric: Metric) -> Iterator[str]:
    """Name a series from the most specific name to the most general."""
    yield f"{event_type}.{metric}"
    yield event_type
    yield f"{ANY}.{metric}"
    yield ANY
