"""Answer `POST /events`: one event, stored or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.delivery.deliver import Deliver, Delivery
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.ingest.answer import UNSTORED, Answer, errors_of, store_error
from chalicelib.ingest.intake import Intake
from chalicelib.ingest.request import body_of
from chalicelib.model import instant
from chalicelib.model.event import Rejected, load
from chalicelib.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestEvent:
    intake: Intake
    deliver: Deliver
    clock: Clock
    max_body_bytes: int

    def __call__(self, request: Mapping[str, Any]) -> Answer:
        """Answer a request in API Gateway's proxy format; status 200 means stored."""
        now_ms = self.clock()
        try:
            body = body_of(request, self.max_body_bytes)
            value = load(body)
        except Rejected as rejected:
            return Answer.refusal(rejected.problems, None)
        try:
            outgoing = self.intake.take(value, now_ms)
        except Rejected as rejected:
            return Answer.refusal(rejected.problems, 0, len(body))
        return _answer(outgoing, self.deliver({0: outgoing}), now_ms, len(body))


def _answer(outgoing: Outgoing, delivery: Delivery, now_ms: int, n_bytes: int) -> Answer:
    identity = {"event_id": outgoing.event_id, "timestamp": outgoing.timestamp}
    if not delivery.failed:
        content = identity | {"ingested_at": instant.to_text(now_ms)}
        return Answer.of(
            200, content, {"accepted": 1, "bytes": n_bytes, "attempts": delivery.attempts}
        )
    # With these two a client can send the event again without risking a second one.
    failure = identity | {"errors": errors_of([UNSTORED], 0), "retryable": True}
    figures = {"failed": 1, "bytes": n_bytes, "attempts": delivery.attempts}
    return Answer.of(503, failure, {**figures, **store_error(delivery.error)})
