"""What earlier runs have stored, which every later version must still read."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.app.snapshot.events import NOW_MS
from tests.app.snapshot.posts import READ_KEY, WRITE_KEY

type Item = dict[str, Any]

FIRST_HOUR = datetime(2026, 11, 18, 4, tzinfo=UTC)
END = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Its one raw object was written by hand, without any counters.
OLD_HOUR = "2026-11-18T09:00:00Z"
CLAIMED_HOUR = "2026-11-16T00:00:00Z"
FAILING_HOUR = "2026-11-15T00:00:00Z"

OLD_OBJECT = (
    "raw/event_type=page_view/year=2026/month=11/day=18/hour=09/"
    "eventstream-local-events-shardId-000000000000-" + "7".zfill(56) + ".json.gz"
)
_OLD_LINE = (
    '{"event_id":"old","event_type":"page_view","source":"web","user_id":"usr_1",'
    '"session_id":null,"timestamp":"2026-11-18T09:10:11.120Z",'
    '"ingested_at":"2026-11-18T09:10:11.500Z","latency_ms":250.0,"amount":null,"currency":null,'
    '"value":null,"is_error":false,"kinesis":{"stream":"eventstream-local-events",'
    '"shard_id":"shardId-000000000000","sequence_number":"' + "7".zfill(56) + '",'
    '"partition_key":"usr_1","arrived_at":"2026-11-18T09:10:12.000Z"},'
    '"properties":{"page":"/old","duration_ms":250}}\n'
)
OLD_BODY = gzip.compress(_OLD_LINE.encode(), mtime=0)
DAMAGED_OBJECT = OLD_OBJECT.replace("0007", "0008")


def aggregates() -> Iterator[Item]:
    """Return the marks and claims of hours that were rolled up."""
    for n in range((END - FIRST_HOUR) // timedelta(hours=1)):
        start = _text(FIRST_HOUR + timedelta(hours=n))
        # The first is not sealed yet.
        counts = {"marked": _n(1), "rolled": _n(1), "sealed": _n(min(n, 1))}
        yield _key("event_type", "_hour", start) | counts
        yield _key("event_type", "_claim", start) | {
            "claimed": _n(1),
            "event_types": {"SS": ["_all", "login", "page_view", "ping"]},
            "figures": {"B": zlib.compress(json.dumps(_figures(n)).encode())},
        }
    # A rollup with a higher mark has claimed this hour.
    yield _key("event_type", "_claim", CLAIMED_HOUR) | {
        "claimed": _n(99),
        "event_types": {"SS": ["_all"]},
    }
    # This hour has failed for five hours, so that it is left for as long.
    yield _key("event_type", "_hour", FAILING_HOUR) | {
        "marked": _n(3),
        "unfinished_ms": _n(NOW_MS - 5 * 3_600_000),
        "tried_ms": _n(NOW_MS),
    }


def _figures(n: int) -> Mapping[str, tuple[int, int, int, float | None]]:
    """Return an ordinary hour: events, errors, latencies and their p95, by event type."""
    return {
        "_all": (70 + n % 5, 1, 40 + n % 3, 100.0 + n % 7),
        "login": (20 + n % 3, 0, 0, None),
        "page_view": (8 + n % 2, 1, 8, 95.5),
        "ping": (30, 0, 0, None),
    }


def anomalies() -> Iterator[Item]:
    """Return the fences of those hours, and anomalies in various states."""
    for n in range((END - FIRST_HOUR) // timedelta(hours=1)):
        start = _text(FIRST_HOUR + timedelta(hours=n))
        yield _key("metric", "_claim", start) | {"claimed": _n(1), "judged": _n(1)}
    alerted = {"alert_id": {"S": "0f3a99c1"}, "alerted_at": {"S": "2026-11-20T11:11:00.000Z"}}
    reserved = {"reserved_by": {"S": "hourly-20261120T11Z"}}
    # One that continues, one to be withdrawn, one reserved, and one whose reservation has expired.
    yield _anomaly("latency", "10", "_all") | alerted
    yield _anomaly("volume", "11", "purchase") | alerted
    yield _anomaly("volume", "08", "click") | reserved | {"reserved_until": _n(NOW_MS + 3_600_000)}
    yield _anomaly("volume", "09", "click") | reserved | {"reserved_until": _n(NOW_MS)}


def seeds() -> Mapping[str, Mapping[str, Item]]:
    """Return all items by table and key."""
    return {
        "aggregates": {
            f"{i['event_type']['S']} | {i['window_start']['S']}": i for i in aggregates()
        },
        "anomalies": {f"{i['metric']['S']} | {i['window_start']['S']}": i for i in anomalies()},
    }


def keys() -> Iterator[Item]:
    """Return API keys as they are listed, whose values clients send."""
    for name, value, scope in (("page", WRITE_KEY, "write"), ("board", READ_KEY, "read")):
        digest = hashlib.sha256(value.encode()).hexdigest()
        yield {
            "key_name": {"S": name},
            "scope": {"S": scope},
            "sha256": {"S": digest},
            "gateway_id": {"S": "abc123"},
            "created_at": {"S": "2026-11-18T00:00:00.000Z"},
        }


def unpublished() -> Item:
    """Return one more anomaly, for which no alert was published."""
    return _anomaly("latency", "07", "checkout")


def _anomaly(metric: str, hour: str, event_type: str) -> Item:
    return _key("metric", metric, f"2026-11-20T{hour}:00:00Z#{event_type}#above") | {
        "event_type": {"S": event_type},
        "direction": {"S": "above"},
        "baseline": {"S": "hour_of_day"},
        "n_history": _n(14),
        "observed": _n(1236),
        "expected": _n(412),
        "scale": _n(41.2),
        "score": _n(20),
        "threshold": _n(3),
        "found_at": {"S": "2026-11-20T11:10:30.000Z"},
    }


def _key(partition_key: str, value: str, window_start: str) -> Item:
    return {
        partition_key: {"S": value},
        "window_start": {"S": window_start},
        "expires_at": _n(1_830_000_000),
    }


def _n(value: float) -> Mapping[str, str]:
    return {"N": str(value)}


def _text(hour: datetime) -> str:
    return hour.strftime("%Y-%m-%dT%H:00:00Z")
