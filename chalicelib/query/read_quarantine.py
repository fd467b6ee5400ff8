"""Answer `GET /quarantine`: how many records are not valid events, and what some look like."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.archive.quarantine_line import QuarantineLine
from chalicelib.errors import ObjectMissing
from chalicelib.model import instant
from chalicelib.model.code import API_ONLY, Code
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.scope import Scope
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice
from chalicelib.query.parameters import Parameter, limit
from chalicelib.query.pipeline_shapes import Quarantine, QuarantineCount, QuarantineSample
from chalicelib.query.ports import Each, QuarantineCounts, QuarantineReader
from chalicelib.query.samples import Search, newest
from chalicelib.query.span import Reach

CODE: Parameter[Code | None] = Parameter(
    name="code",
    kind=Choice(tuple(code for code in Code if code not in API_ONLY)),
    description="Only records with this error code.",
    default=None,
)
LIMIT = limit(20, 100)
REACH = Reach(grain_ms=HOUR_MS, usual_ms=DAY_MS, longest_ms=7 * DAY_MS)
MAX_OBJECTS = 20
# A record may have a megabyte, and an answer six.
MAX_PAYLOAD_BYTES = 15 * 1024

type Counts = Mapping[Hour, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuarantine:
    counts: QuarantineCounts
    records: QuarantineReader
    each: Each = map

    def __call__(self, asked: Asked) -> Found:
        """Count by hour and code, and read the newest records.

        Raises:
            Refused: the range is empty or too long.
        """
        span = asked.span(REACH)
        code = asked[CODE]
        counts = {
            hour: {name: n for name, n in by_code.items() if code in (None, name)}
            for of_day in self.each(self.counts.quarantined, span.period.by_day())
            for hour, by_code in of_day.items()
        }
        samples = self._samples(asked, counts)
        answer: Quarantine = {
            "from": span.first,
            "to": span.end,
            "counts": [*_rows(counts)],
            "samples": [_shown(sample, asked.scope) for sample in samples],
        }
        return Found(answer, None)

    def _samples(self, asked: Asked, counts: Counts) -> Sequence[QuarantineLine]:
        code, budget = asked[CODE], MAX_OBJECTS
        samples: list[QuarantineLine] = []
        for hour in sorted((hour for hour, codes in counts.items() if codes), reverse=True):
            search = Search(
                read=self._read,
                is_wanted=lambda record: code in (None, record.code),
                limit=asked[LIMIT] - len(samples),
                budget=budget,
                each=self.each,
            )
            if not search.limit or not budget:
                break
            found, n_read = newest(self.records.keys(hour), search)
            samples += found
            budget -= n_read
        return samples

    def _read(self, key: str) -> Sequence[QuarantineLine]:
        # A replay may have removed it since it was listed.
        with suppress(ObjectMissing):
            return self.records.records(key)
        return ()


def _rows(counts: Counts) -> Iterator[QuarantineCount]:
    for hour, by_code in sorted(counts.items()):
        for code, n in sorted(by_code.items(), key=lambda item: (-item[1], item[0])):
            yield {"hour": instant.to_text(hour.start_ms), "code": code, "records": n}


def _shown(record: QuarantineLine, scope: Scope | None) -> QuarantineSample:
    shown: QuarantineSample = {
        "arrived_at": record.arrived_at,
        "code": record.code,
        "reason": record.reason,
        "stage": record.stage,
        "stream": record.stream,
        "shard_id": record.shard_id,
        "sequence_number": record.sequence_number,
        "payload_bytes": len(record.payload),
    }
    if scope is Scope.ADMIN:
        shown["partition_key"] = record.partition_key
        start = record.payload[:MAX_PAYLOAD_BYTES]
        shown["payload"] = base64.b64encode(start).decode()
        shown["payload_truncated"] = len(record.payload) > len(start)
    return shown
