"""Answer `POST /events/batch`: many events, each stored or refused by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.delivery.deliver import Deliver, Delivery
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.ingest import verdict
from chalicelib.ingest.answer import Answer, code_counts, store_error
from chalicelib.ingest.intake import Intake
from chalicelib.ingest.request import body_of, events_of
from chalicelib.model import instant
from chalicelib.model.event import Rejected, load
from chalicelib.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestBatch:
    intake: Intake
    deliver: Deliver
    clock: Clock
    max_body_bytes: int
    max_events: int

    def __call__(self, request: Mapping[str, Any]) -> Answer:
        """Answer a request in API Gateway's proxy format; what is accepted is stored."""
        now_ms = self.clock()
        try:
            body = body_of(request, self.max_body_bytes)
            events = events_of(load(body), self.max_events)
        except Rejected as rejected:
            return Answer.refusal(rejected.problems, None)
        verdicts = verdict.judge(events, lambda value: self.intake.take(value, now_ms))
        outgoing = {i: v for i, v in enumerate(verdicts) if isinstance(v, Outgoing)}
        return _answer(verdicts, self.deliver(outgoing), now_ms, len(body))


def _answer(
    verdicts: Sequence[verdict.Verdict], delivery: Delivery, now_ms: int, n_bytes: int
) -> Answer:
    results = verdict.results_of(verdicts, delivery.failed)
    counts = verdict.counts_of(results)
    figures: dict[str, object] = {
        "accepted": counts["accepted"],
        "duplicates": counts["duplicate"],
        "refused": counts["refused"],
        "failed": counts["failed"],
    }
    content = figures | {"ingested_at": instant.to_text(now_ms), "results": results}
    refusals = (v for v in verdicts if isinstance(v, verdict.Refusal))
    codes = code_counts(problem for refusal in refusals for problem in refusal.problems)
    figures |= {"bytes": n_bytes, "attempts": delivery.attempts, "codes": codes}
    figures |= store_error(delivery.error)
    return Answer.of(verdict.status_of(counts), content, figures)
