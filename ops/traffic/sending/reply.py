"""What is said to one request, and what became of one batch in the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# What the API says of one event: its `status`, and why.
type Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; without a status there was none, and `text` says why.

    `retries` counts what was tried again before the answer, on the other side of it.
    """

    status: int | None
    text: str
    retry_after: str | None = None
    retries: int = 0

    @property
    def results(self) -> list[Result] | None:
        """What is said event by event, if it is."""
        try:
            results: list[Result] = json.loads(self.text)["results"]
        except (ValueError, KeyError, TypeError):
            return None
        return results

    def __str__(self) -> str:
        text = self.text[:300]
        return text if self.status is None else f"The API answered {self.status}: {text}"


# Sends the body of a batch and returns the answer; one that never came is an answer, too.
type Exchange = Callable[[bytes], Reply]


@dataclass(frozen=True, slots=True)
class Sent:
    """One result for each event of a batch, in order; `error` is why some have failed."""

    results: Sequence[Result]
    retries: int
    error: str | None
