"""The moment at which a request arrived, and what all of its events take from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.identifier import uuid7s


@dataclass(frozen=True, slots=True)
class Arrival:
    """`ids` are for events without one; time is formatted and randomness drawn once a request."""

    ms: int
    text: str
    ids: Iterator[str]

    @classmethod
    def at(cls, now_ms: int, entropy: Callable[[], int]) -> Arrival:
        return cls(now_ms, instant.to_text(now_ms), uuid7s(now_ms, entropy))
