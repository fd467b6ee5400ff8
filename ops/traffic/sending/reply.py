"""The answer to one request, the results of one batch, and the count of many."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

# What the API answers for one event: its `status`, and why.
type EventResult = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; without a status there was none, and `text` says why.

    `retries` counts the retries that the other side made before it answered.
    """

    status: int | None
    text: str
    retry_after: str | None = None
    retries: int = 0

    @property
    def results(self) -> list[EventResult] | None:
        """The results by event, if the answer has any."""
        try:
            results: list[EventResult] = json.loads(self.text)["results"]
        except (ValueError, KeyError, TypeError):
            return None
        return results

    def __str__(self) -> str:
        text = self.text[:300]
        return text if self.status is None else f"The API answered {self.status}: {text}"


# Sends the body of a batch and returns the answer, also when there was none.
type Exchange = Callable[[bytes], Reply]


@dataclass(frozen=True, slots=True)
class Sent:
    """One result for each event of a batch, in order; `error` says why some failed."""

    results: Sequence[EventResult]
    retries: int
    error: str | None


@dataclass(slots=True)
class Answers:
    """What the API answered, event by event."""

    by_status: Counter[str] = field(default_factory=Counter)
    refused_codes: Counter[str] = field(default_factory=Counter)

    def add(self, results: Iterable[EventResult]) -> None:
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
