"""Live counters of minutes and hours, read from DynamoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.reads import LAST, Table
from chalicelib.model import instant, live
from chalicelib.model.hour import Hour
from chalicelib.model.instant import MINUTE_MS
from chalicelib.model.live import LiveCount
from chalicelib.model.period import Period

_N = "n_"
_KEYS = frozenset({"partition_key", "sort_key", "expires_at"})


@dataclass(frozen=True, slots=True)
class DynamoLiveCountReader:
    table: Table

    def minutes(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        """Read each type's minutes as one range; without types, the whole hour is read."""
        first, last = instant.to_text(first_ms), instant.to_text(end_ms - 1)
        partition = live.minute_key("", first[:16], "").partition_key
        ranges = [
            (f"{name}#{first[14:16]}", f"{name}#{last[14:16]}#{LAST}")
            for name in sorted(event_types)
        ]
        items = (
            item
            for low, high in ranges or [("a", LAST)]
            for item in self._between(partition, low, high)
        )
        return [*_within(items, first, last)]

    def hours(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        first, last = instant.to_text(first_ms), instant.to_text(end_ms - 1)
        partition = live.hour_key("", first[:13], "").partition_key
        items = self._between(partition, f"{first[11:13]}#", f"{last[11:13]}#{LAST}")
        counts = (_of_hour(item, first[:10]) for item in items)
        return [
            count
            for count in counts
            if count.event_type != live.QUARANTINED
            and (not event_types or count.event_type in event_types)
        ]

    def quarantined(self, day: Period) -> Mapping[Hour, Mapping[str, int]]:
        first, last = day.first.text, day.end.plus(-1).text
        partition = live.quarantined_key(first, "").partition_key
        counts: dict[Hour, Counter[str]] = {}
        for item in self._between(partition, f"{first[11:]}#", f"{last[11:]}#{LAST}"):
            hour = Hour.of_text(f"{first[:10]}T{item['sort_key']['S'][:2]}")
            counts.setdefault(hour, Counter()).update(_counts(item))
        return {hour: _by_code(of_hour) for hour, of_hour in counts.items()}

    def _between(self, partition: str, low: str, high: str) -> Iterator[Mapping[str, Any]]:
        return self.table.between(("partition_key", partition), ("sort_key", low, high))


def _by_code(counts: Mapping[str, int]) -> dict[str, int]:
    # Without the sum over all codes.
    return {name.removeprefix(_N): n for name, n in counts.items() if name != "n_records"}


def _within(items: Iterable[Mapping[str, Any]], first: str, last: str) -> Iterator[LiveCount]:
    """Take the minutes from the first to the last instant, both of one hour."""
    hour_ms = instant.from_text(f"{first[:13]}:00:00.000Z")
    first_minute, last_minute = first[14:16], last[14:16]
    for item in items:
        event_type, minute, _ = item["sort_key"]["S"].split("#", 2)
        if first_minute <= minute <= last_minute:
            yield LiveCount(event_type, hour_ms + int(minute) * MINUTE_MS, _counts(item))


def _of_hour(item: Mapping[str, Any], day: str) -> LiveCount:
    hour, event_type, _ = item["sort_key"]["S"].split("#", 2)
    start_ms = instant.from_text(f"{day}T{hour}:00:00.000Z")
    return LiveCount(event_type, start_ms, _counts(item))


def _counts(item: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in item.items() if name not in _KEYS}
