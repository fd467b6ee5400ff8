"""The result of computing the experiments that were due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.measure import Measure

# The log names this many.
_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """`failed` gives the error of each experiment that stays due; `left` had no time left."""

    computed: Sequence[str]
    failed: Mapping[str, str]
    left: int = 0

    def to_json(self) -> dict[str, object]:
        """Render what the state machine records."""
        figures: dict[str, object] = {"status": "computed", "results": len(self.computed)}
        if self.failed:
            figures |= {"status": "failed", "error": next(iter(self.failed.values()))}
        return figures

    @property
    def line(self) -> Mapping[str, object]:
        named = {"computed": self.computed[:_NAMED], "failed": dict(self.failed)}
        return {"event": "results computed", "left": self.left} | self.to_json() | named

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {
            Measure.RESULTS_COMPUTED: len(self.computed),
            Measure.RESULTS_FAILED: len(self.failed),
        }
