"""What an answer says of the latencies that counters hold."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.model.latency import bucket_of
from chalicelib.query.live_row import LiveTotal, row_of
from chalicelib.query.place import place_of
from tests.builders import NOON_MS

BUCKET = bucket_of(100.0)


def count_and_median(counts: Mapping[str, int]) -> tuple[int, float]:
    place = place_of(NOON_MS, "click", 4)
    total = LiveTotal(place, {"n_records": 4, "latency_ns": 4 * 10**8, **counts})
    latency = row_of(total, 60_000)["latency"]
    assert latency is not None
    return latency["count"], latency["p50_ms"]


def test_latencies_are_read_off_their_buckets() -> None:
    count, median = count_and_median({f"b{BUCKET}": 4})

    assert count == 4
    assert abs(median - 100.0) < 5


def test_what_an_earlier_version_counted_is_added() -> None:
    count, _ = count_and_median({f"b{BUCKET}": 3, f"latency_b{BUCKET}": 1})

    assert count == 4
