"""The parts of an event source's batch that must be retried, in Lambda's own terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from chalicelib.errors import BatchIncomplete
from chalicelib.model.measure import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    name: str
    figures: Mapping[str, int]
    measures: Mapping[Measure, float] = field(default_factory=dict)
    failed_ids: Sequence[str] = ()
    reasons: Sequence[str] = field(default=())
    # What had to be tried again, in a batch that succeeded in the end.
    recovered_from: Sequence[str] = ()

    @property
    def line(self) -> Mapping[str, object]:
        line: dict[str, object] = {"event": self.name, **self.figures}
        if self.failed_ids:
            line |= {"failed_ids": list(self.failed_ids), "reasons": list(self.reasons)}
        if self.recovered_from:
            line["recovered_from"] = list(self.recovered_from)
        return line

    def to_lambda(self, *, partial: bool) -> dict[str, list[dict[str, str]]]:
        """Render the partial batch response.

        Raises:
            BatchIncomplete: something failed, and the event source would take any answer for
                success, since it is not configured to read partial failures.

        >>> BatchReport(name="x", figures={}, failed_ids=["49"]).to_lambda(partial=True)
        {'batchItemFailures': [{'itemIdentifier': '49'}]}
        """
        if self.failed_ids and not partial:
            raise BatchIncomplete(orjson.dumps(self.line).decode())
        return {"batchItemFailures": [{"itemIdentifier": name} for name in self.failed_ids]}
