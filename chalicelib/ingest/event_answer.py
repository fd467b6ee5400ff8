"""The answer to `POST /events`."""

from __future__ import annotations

from chalicelib.ingest.answer import (
    NOT_STORED,
    Answer,
    code_counts,
    status_of,
    store_error,
)
from chalicelib.ingest.outcome import Ingested, Refused, Stored, Unstored
from chalicelib.model import instant
from chalicelib.model.code import errors_of


def answer_of(ingested: Ingested) -> Answer:
    """Render what became of a request's one event, of which there can be no duplicate."""
    [outcome] = ingested.outcomes
    size = {"bytes": ingested.n_bytes}
    sent = size | {"attempts": ingested.attempts}
    match outcome:
        case Refused(problems):
            content = {"errors": errors_of(problems, 0)}
            figures = {"refused": 1, **size, "codes": code_counts(problems)}
            return Answer.of(status_of(problems), content, figures)
        case Stored():
            stored = outcome._asdict() | {"ingested_at": instant.to_text(ingested.received_ms)}
            return Answer.of(200, stored, {"accepted": 1, **sent})
        case Unstored():
            # With id and timestamp a client can send the event again without risking a second one.
            failure = outcome._asdict() | {"errors": errors_of([NOT_STORED], 0), "retryable": True}
            failed = {"failed": 1, **sent, **store_error(ingested.store_error)}
            return Answer.of(503, failure, failed)
        case _:
            raise ValueError(outcome)
