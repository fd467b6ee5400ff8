"""Keys and attributes of the live counters in the metrics table.

Every item has one writer, its shard, so writers never conflict and readers sum over shards.
Minutes are sorted by type within an hour's partition, hours by hour within a day's, so that a
chart of one type's minutes and the reconciliation of an hour each read one contiguous range.
Quarantined records have partitions of their own, so that a day of them is one range, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import CounterKey

# An experiment's item has two numbers and a sketch for each variant, named by it.
VARIANT_EVENTS = "events_"
VARIANT_CONVERSIONS = "conversions_"
VARIANT_USERS = "users_"

# Where earlier versions counted quarantined records, among the types of their hour of arrival. No
# event type has this name: they start with a letter.
QUARANTINED = "_quarantined"


def minute_key(event_type: str, minute: str, shard: str) -> CounterKey:
    """Return the key of a minute `YYYY-MM-DDTHH:MM`.

    >>> minute_key("click", "2026-11-21T10:05", "clicks-shardId-000000000000").sort_key
    'click#05#clicks-shardId-000000000000'
    """
    return CounterKey(f"minute#{minute[:13]}", f"{event_type}#{minute[14:]}#{shard}")


def hour_key(event_type: str, hour: str, shard: str) -> CounterKey:
    """Return the key of an hour `YYYY-MM-DDTHH`.

    >>> hour_key("click", "2026-11-21T10", "clicks-shardId-000000000000").partition_key
    'hour#2026-11-21'
    """
    return CounterKey(f"hour#{hour[:10]}", f"{hour[11:]}#{event_type}#{shard}")


def variant_key(experiment_id: str, hour: str, shard: str) -> CounterKey:
    """Return the key of an experiment's counters of an hour `YYYY-MM-DDTHH`.

    >>> variant_key("button", "2026-11-21T10", "clicks-shardId-000000000000").sort_key
    '2026-11-21T10#clicks-shardId-000000000000'
    """
    return CounterKey(f"experiment#{experiment_id}", f"{hour}#{shard}")


def quarantined_key(hour: str, shard: str) -> CounterKey:
    """Return the key of the quarantined records that arrived in an hour `YYYY-MM-DDTHH`.

    >>> quarantined_key("2026-11-21T10", "clicks-shardId-000000000000").partition_key
    'quarantined#2026-11-21'
    """
    return CounterKey(f"quarantined#{hour[:10]}", f"{hour[11:]}#{shard}")


def hour_range(hour: Hour) -> CounterKey:
    """Return the partition key and the sort key prefix of all counters of an hour."""
    text = hour.text
    return CounterKey(f"hour#{text[:10]}", f"{text[11:]}#")


class LiveCount(NamedTuple):
    """What one shard has counted of a type in a minute or hour, by the names of `EventCounts`."""

    event_type: str
    start_ms: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VariantCount:
    """What one shard has counted of an experiment in an hour, by variant.

    `users` are sketches; hours that were counted by a version without them have none.
    """

    start_ms: int
    events: Mapping[str, int]
    conversions: Mapping[str, int]
    users: Mapping[str, HyperLogLog] = field(default_factory=dict)
