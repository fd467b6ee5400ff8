"""The events in the body of an HTTP request."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.ingest.batch_text import events_in
from chalicelib.ingest.outcome import Refused
from chalicelib.model.code import Code, Problem
from chalicelib.model.event import Rejected, load
from chalicelib.model.wording import shortened


def load_batch(body: bytes) -> object:
    """Parse the body of a batch; an event that no parser can store is `Refused` in its place.

    Raises:
        Rejected: not JSON at all.
    """
    try:
        return load(body)
    except Rejected:
        pieces = events_in(body)
        if pieces is None:
            raise
        return [_loaded(piece) for piece in pieces]


def _loaded(piece: bytes) -> object:
    try:
        return load(piece)
    except Rejected as rejected:
        return Refused(rejected.problems)


def events_of(batch: object, max_events: int) -> Sequence[object]:
    """Return the events of a batch: an array, or an object with an array as `events`.

    Raises:
        Rejected: neither of the two, too many events, or none.
    """
    events = _array_of(batch)
    if not events:
        raise Rejected(Problem("", Code.EMPTY_BATCH, "the batch contains no events"))
    if len(events) > max_events:
        message = f"the batch contains {len(events):,} events; the maximum is {max_events:,}"
        raise Rejected(Problem("", Code.TOO_MANY_EVENTS, message))
    return events


def _array_of(batch: object) -> list[object]:
    match batch:
        case list():
            return batch
        case {"events": list(events), **others} if not others:
            return events
        case {"events": list(), **others}:
            name = shortened(str(next(iter(others))))
            problem = Problem(name, Code.UNKNOWN_FIELD, f"{name} is not a known field of a batch")
        case {"events": _}:
            problem = Problem("events", Code.WRONG_TYPE, "events must be an array")
        case dict():
            problem = Problem("events", Code.MISSING_FIELD, "events is required")
        case _:
            message = (
                "a batch must be an array of events, or an object with such an array as events"
            )
            problem = Problem("", Code.WRONG_TYPE, message)
    raise Rejected(problem)
