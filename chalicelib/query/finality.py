"""Which hours are final: over, rolled up, and not due again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourMark


def is_over(hour: Hour, now_ms: int) -> bool:
    return hour.plus(1).start_ms <= now_ms


def final_hours(
    hours: Iterable[Hour], marks: Mapping[Hour, HourMark], now_ms: int
) -> Iterator[Hour]:
    for hour in hours:
        mark = marks.get(hour)
        if mark and mark.rolled and not mark.is_due and is_over(hour, now_ms):
            yield hour
