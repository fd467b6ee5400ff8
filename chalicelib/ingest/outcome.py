"""What became of each event of a request, as values: how it is said is for `answer` to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.model.code import Problem


class Stored(NamedTuple):
    event_id: str
    timestamp: str


class Unstored(NamedTuple):
    """A valid event that no stream took, so that the client may send it again."""

    event_id: str
    timestamp: str


class Refused(NamedTuple):
    problems: Sequence[Problem]


class Duplicate(NamedTuple):
    """The same user's event of the same id is earlier in the batch, and is sent for both."""

    event_id: str
    first: int


type Outcome = Stored | Unstored | Refused | Duplicate


class Counts(NamedTuple):
    accepted: int
    duplicates: int
    refused: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """One outcome for each event of a request, in its order."""

    received_ms: int
    n_bytes: int
    outcomes: Sequence[Outcome]
    attempts: int
    store_error: str | None

    @property
    def counts(self) -> Counts:
        count = Counter(map(type, self.outcomes))
        return Counts(count[Stored], count[Duplicate], count[Refused], count[Unstored])

    @property
    def problems(self) -> list[Problem]:
        """List the problems of all refused events."""
        refused = (one for one in self.outcomes if isinstance(one, Refused))
        return [problem for one in refused for problem in one.problems]
