"""What was said of many events, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ops.traffic.sending.reply import Result


@dataclass(slots=True)
class Answers:
    """What the API said, event by event."""

    by_status: Counter[str] = field(default_factory=Counter)
    refused_codes: Counter[str] = field(default_factory=Counter)

    def add(self, results: Iterable[Result]) -> None:
        for result in results:
            self.by_status[result["status"]] += 1
            if result["status"] == "refused":
                self.refused_codes[result["errors"][0]["code"]] += 1

    @property
    def n_accepted(self) -> int:
        return self.by_status["accepted"]

    @property
    def n_refused(self) -> int:
        return self.by_status["refused"]

    @property
    def n_duplicates(self) -> int:
        return self.by_status["duplicate"]

    @property
    def n_failed(self) -> int:
        return self.by_status["failed"]
