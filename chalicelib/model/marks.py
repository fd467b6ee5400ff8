"""What process adds to an event: the variants that its user has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from chalicelib.model import instant
from chalicelib.model.distinct import Place

UNAVAILABLE = "unavailable"
EXPOSED_AT = "exposed_at"


class Counted(NamedTuple):
    """How an event counts in one experiment."""

    experiment_id: str
    variant: str
    is_conversion: bool


# Compared and hashed by identity: events of like users share one.
@dataclass(slots=True, eq=False)
class Marks:
    """`error` says why the experiments could not be looked up.

    `text` is what a line has of the experiments, as JSON; it is written once for many lines.
    """

    experiments: Mapping[str, str] = field(default_factory=dict)
    counted: tuple[Counted, ...] = ()
    error: str | None = None
    text: orjson.Fragment = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.text = orjson.Fragment(orjson.dumps(self.experiments))


# An event's marks, and the place of its user in sketches.
type Marked = tuple[Marks, Place]
# It counts nowhere, so its user's place does not matter.
UNKNOWN: Marked = Marks(error=UNAVAILABLE), 0

# From an event's type, user and time of arrival; None adds nothing.
type Enrich = Callable[[str, str, int], Marked | None]


def since_exposure(timestamp: str, properties: Mapping[str, object]) -> float | None:
    """Return how long after the exposure an event was, if it says when that happened.

    Only its own property is looked at: what else a batch holds differs between attempts.

    >>> since_exposure("2026-11-21T10:00:02.500Z", {"exposed_at": "2026-11-21T10:00:00Z"})
    2.5
    """
    exposed_at = properties.get(EXPOSED_AT)
    if exposed_at is None or isinstance(exposed_at, bool) or not isinstance(exposed_at, str | int):
        return None
    try:
        elapsed_ms = instant.from_text(timestamp) - instant.parse(exposed_at)
    except (ValueError, OverflowError):
        return None
    return elapsed_ms / 1000 if elapsed_ms >= 0 else None
