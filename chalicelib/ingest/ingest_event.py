"""Answer `POST /events`: one event, stored or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.delivery.deliver import Deliver
from chalicelib.ingest.answer import Answer
from chalicelib.ingest.event_answer import answer_of
from chalicelib.ingest.intake import Intake
from chalicelib.ingest.outcome import Ingested
from chalicelib.ingest.store_events import store
from chalicelib.model.event import Rejected, load
from chalicelib.model.request_body import body_of
from chalicelib.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestEvent:
    intake: Intake
    deliver: Deliver
    clock: Clock
    max_body_bytes: int

    def __call__(self, request: Mapping[str, Any]) -> Answer:
        """Answer a request in API Gateway's proxy format; status 200 means stored."""
        try:
            return answer_of(self._ingest(request))
        except Rejected as rejected:
            return Answer.of_refused_request(rejected.problems)

    def _ingest(self, request: Mapping[str, Any]) -> Ingested:
        now_ms = self.clock()
        body = body_of(request, self.max_body_bytes)
        value = load(body)
        return store([value], self.intake, self.deliver, received_ms=now_ms, n_bytes=len(body))
