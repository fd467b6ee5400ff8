"""Store the events of a request: plan them, deliver what is valid, and say what became of each."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.delivery.deliver import Deliver, Delivery
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.ingest.batch_plan import Planned, plan
from chalicelib.ingest.intake import Intake
from chalicelib.ingest.outcome import Ingested, Outcome, Stored, Unstored


def store(
    events: Iterable[object], intake: Intake, deliver: Deliver, *, received_ms: int, n_bytes: int
) -> Ingested:
    """Store what can be accepted; `n_bytes` is the size of the request's body."""
    arrival = intake.arrival(received_ms)
    planned = plan(events, lambda value: intake.take(value, arrival))
    outgoing = {i: one for i, one in enumerate(planned) if isinstance(one, Outgoing)}
    delivery = deliver(outgoing)
    return Ingested(
        received_ms=received_ms,
        n_bytes=n_bytes,
        outcomes=[_outcome(one, index, delivery) for index, one in enumerate(planned)],
        attempts=delivery.attempts,
        store_error=delivery.error,
    )


def _outcome(planned: Planned, index: int, delivery: Delivery) -> Outcome:
    if not isinstance(planned, Outgoing):
        return planned
    kind = Unstored if index in delivery.failed else Stored
    return kind(planned.event_id, planned.timestamp)
