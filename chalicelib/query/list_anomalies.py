"""Answer `GET /anomalies`: hours that deviate from their history, the newest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.model import instant
from chalicelib.model.anomaly import Anomaly, KeptAnomaly, Metric, Withheld
from chalicelib.model.explanation import explanation
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.query import cursor, found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.kinds import Choice
from chalicelib.query.look_back import look_back
from chalicelib.query.page import page
from chalicelib.query.parameters import EVENT_TYPES, Parameter, limit
from chalicelib.query.pipeline_shapes import Anomalies, AnomalyRow
from chalicelib.query.ports import AnomalyReader
from chalicelib.query.span import LAST, Reach, Span

State = Literal["standing", "withdrawn", "all"]

METRIC: Parameter[Metric | None] = Parameter(
    name="metric", kind=Choice(tuple(Metric)), description="Only this metric.", default=None
)
STATE: Parameter[State] = Parameter(
    name="state",
    kind=Choice(("standing", "withdrawn", "all")),
    description="An anomaly is withdrawn when its hour, rolled up again, no longer deviates.",
    default="standing",
)
LIMIT = limit(100, 1_000)
REACH = Reach(grain_ms=HOUR_MS, usual_ms=7 * DAY_MS, longest_ms=400 * DAY_MS)

_METRICS = tuple(Metric)


@dataclass(frozen=True, slots=True)
class ListAnomalies:
    anomalies: AnomalyReader

    def __call__(self, asked: Asked) -> Found:
        """List anomalies by hour, type, direction and metric.

        Raises:
            Refused: the range is empty, too long or holds too much, or the cursor is damaged.
        """
        span = asked.span(REACH)
        newest = look_back(self._newest(asked, span), _hour_of, span, REACH.grain_ms)
        wanted = (kept for kept in newest if _is_wanted(kept, asked))
        listed = page(wanted, _shown, asked[LIMIT])
        answer: Anomalies = {
            "from": span.first,
            "to": span.end,
            "anomalies": listed.rows,
            "next_cursor": asked.cursor(span, _place_of(listed.last)) if listed.last else None,
        }
        return Found(answer, found.ROLLED_UP)

    def _newest(self, asked: Asked, span: Span) -> Iterator[KeptAnomaly]:
        """Merge the metrics, each of which is stored by itself, from the last place back."""
        seen_key, seen_rank = _place(asked.place)
        newest = span.period.end.plus(-1).window_start + LAST
        last = min(seen_key or newest, newest)
        metric = asked[METRIC]
        streams = [
            self.anomalies.newest(one, span.period.first.window_start, last, asked[LIMIT] + 1)
            for one in ([metric] if metric else _METRICS)
        ]
        for kept in heapq.merge(*streams, key=lambda kept: kept.key, reverse=True):
            if kept.key != seen_key or _METRICS.index(kept.anomaly.metric) > seen_rank:
                yield kept


def _hour_of(kept: KeptAnomaly) -> int:
    return kept.anomaly.hour.start_ms


def _place_of(kept: KeptAnomaly) -> Sequence[int | str]:
    return kept.key, _METRICS.index(kept.anomaly.metric)


def _place(place: Sequence[int | str]) -> tuple[str, int]:
    match place:
        case []:
            return "", 0
        case [str(key), int(rank)]:
            return key, rank
        case _:
            raise cursor.invalid()


def _is_wanted(kept: KeptAnomaly, asked: Asked) -> bool:
    types, state = asked[EVENT_TYPES], asked[STATE]
    is_standing = kept.withdrawn_at is None
    return (not types or kept.anomaly.event_type in types) and (
        state == "all" or is_standing == (state == "standing")
    )


def _shown(kept: KeptAnomaly) -> AnomalyRow:
    anomaly = kept.anomaly
    return {
        "hour": instant.to_text(anomaly.hour.start_ms),
        "event_type": anomaly.event_type,
        "metric": anomaly.metric,
        "direction": anomaly.direction,
        "observed": anomaly.observed,
        "expected": anomaly.expected,
        "scale": anomaly.scale,
        "score": anomaly.score,
        "threshold": anomaly.threshold,
        "baseline": anomaly.baseline,
        "history_hours": anomaly.history,
        "state": "standing" if kept.withdrawn_at is None else "withdrawn",
        "found_at": kept.found_at,
        "withdrawn_at": kept.withdrawn_at,
        "alerted_at": kept.alerted_at,
        "alert_id": kept.alert_id,
        "withheld": anomaly.withheld,
        "explanation": anomaly.explanation or _explanation(anomaly),
    }


def _explanation(anomaly: Anomaly) -> str:
    """Explain an anomaly that an earlier version stored without its explanation."""
    return explanation(anomaly, continues=anomaly.withheld is Withheld.CONTINUED)
