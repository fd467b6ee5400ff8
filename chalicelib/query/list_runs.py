"""Answer `GET /runs`: executions of the hourly rollup, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS, MINUTE_MS
from chalicelib.model.run import Run
from chalicelib.query import cursor, found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.page import page
from chalicelib.query.parameters import limit
from chalicelib.query.pipeline_shapes import RunRow, Runs
from chalicelib.query.ports import RunReader
from chalicelib.query.span import LAST, Reach, Span

LIMIT = limit(50, 500)
REACH = Reach(grain_ms=MINUTE_MS, usual_ms=7 * DAY_MS, longest_ms=400 * DAY_MS)


@dataclass(frozen=True, slots=True)
class ListRuns:
    runs: RunReader

    def __call__(self, asked: Asked) -> Found:
        """List runs by their start.

        Raises:
            Refused: the range is empty or too long, or the cursor is damaged.
        """
        span = asked.span(REACH)
        listed = page(self._newest(asked, span), row_of, asked[LIMIT])
        answer: Runs = {
            "from": span.first,
            "to": span.end,
            "runs": listed.rows,
            "next_cursor": asked.cursor(span, [_key(listed.last)]) if listed.last else None,
        }
        return Found(answer, found.RECENT)

    def _newest(self, asked: Asked, span: Span) -> Iterator[Run]:
        seen = _seen(asked.place)
        newest = instant.to_text(span.end_ms - 1) + LAST
        last = min(seen or newest, newest)
        for run in self.runs.newest(span.first, last, asked[LIMIT] + 2):
            if _key(run) != seen:
                yield run


def _key(run: Run) -> str:
    return f"{run.started_at}#{run.name}"


def _seen(place: Sequence[int | str]) -> str:
    match place:
        case []:
            return ""
        case [str(key)]:
            return key
        case _:
            raise cursor.invalid()


def row_of(run: Run) -> RunRow:
    return {
        "execution": run.name,
        "status": run.status,
        "started_at": run.started_at,
        "finished_at": run.recorded_at,
        "hours": len(run.hours),
        "superseded_hours": len(run.superseded_hours),
        "failed_hours": [
            {"hour": instant.to_text(Hour.parse(hour).start_ms), "error": error}
            for hour, error in sorted(run.failed_hours.items())
        ],
        "records": run.records,
        "missing": run.missing,
        "anomalies": run.anomalies,
        "alerts": run.alerts,
        "errors": {**run.errors},
    }
