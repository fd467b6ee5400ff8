"""The answer to one request, and the results of one batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
