"""The answer to `POST /events/batch`."""

from __future__ import annotations

from chalicelib.ingest.answer import NOT_STORED, Answer, code_counts, store_error
from chalicelib.ingest.outcome import Counts, Duplicate, Ingested, Outcome, Refused, Stored
from chalicelib.model import instant
from chalicelib.model.code import errors_of


def answer_of(ingested: Ingested) -> Answer:
    """Render what became of a batch, with a result for each event."""
    counts = ingested.counts
    figures: dict[str, object] = counts._asdict()
    content = figures | {
        "ingested_at": instant.to_text(ingested.received_ms),
        "results": [
            {"index": index} | _result(outcome, index)
            for index, outcome in enumerate(ingested.outcomes)
        ],
    }
    figures |= {
        "bytes": ingested.n_bytes,
        "attempts": ingested.attempts,
        "codes": code_counts(ingested.problems),
    }
    figures |= store_error(ingested.store_error)
    return Answer.of(status_of(counts), content, figures)


def status_of(counts: Counts) -> int:
    """Return the HTTP status for so many accepted, refused and failed events.

    A duplicate shares the fate of its first, so it does not count.

    >>> status_of(Counts(2, 1, 0, 0)), status_of(Counts(1, 0, 0, 1))
    (200, 207)
    >>> status_of(Counts(0, 0, 2, 0)), status_of(Counts(0, 0, 1, 1))
    (400, 503)
    """
    if counts.accepted:
        return 207 if counts.refused or counts.failed else 200
    return 503 if counts.failed else 400


def _result(outcome: Outcome, index: int) -> dict[str, object]:
    match outcome:
        case Refused(problems):
            return {"status": "refused", "errors": errors_of(problems, index)}
        case Duplicate(event_id, first):
            return {"status": "duplicate", "event_id": event_id, "duplicate_of": first}
        case Stored(event_id, timestamp):
            return {"status": "accepted", "event_id": event_id, "timestamp": timestamp}
        case _:
            errors = errors_of([NOT_STORED], index)
            return {"status": "failed", **outcome._asdict(), "errors": errors, "retryable": True}
