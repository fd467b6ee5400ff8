"""However a shard's delivery is cut, repeated, failed and killed, the outcome is the same."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.archive import quarantine_line
from chalicelib.errors import BatchIncomplete
from chalicelib.model import instant
from chalicelib.model.latency import bucket_of
from chalicelib.process import Limits, ProcessBatch
from tests.builders import NOON_MS, SHARD, STREAM, make_event, make_record
from tests.fakes import FATES, FakeLedger, FakeObjects, Fate, Faults, Killed, script_of

pytestmark = pytest.mark.slow

FOREVER_MS = 900_000
RESERVE_MS = 20_000
type Body = dict[str, Any] | bytes

SHARD_NAME = f"{STREAM}-{SHARD}"
# Small, so that a handful of records makes several objects and chunks.
LIMITS = Limits(max_bytes=1_500, max_records=2)


@dataclass
class World:
    """One shard and everything that process writes to, with its faults."""

    faults: Faults = field(default_factory=Faults)
    archive: FakeObjects = field(init=False)
    ledger: FakeLedger = field(init=False)

    def __post_init__(self) -> None:
        self.archive = FakeObjects(self.faults)
        self.ledger = FakeLedger(self.faults)

    def deliver(
        self,
        batch: Sequence[dict[str, object]],
        remaining_ms: int = FOREVER_MS,
        *,
        listens: bool = True,
    ) -> int:
        """Hand over a batch as Lambda would; return how many records it may forget.

        A mapping that does not listen to partial failures hears of them by an error alone.
        """
        process = ProcessBatch(
            archive=self.archive,
            ledger=self.ledger,
            clock=lambda: NOON_MS,
            sleep=lambda _seconds: None,
            jitter=lambda: 0.5,
            limits=LIMITS,
            reserve_ms=RESERVE_MS,
        )
        try:
            report = process(batch, lambda: remaining_ms).to_lambda(partial=listens)
        except (Killed, BatchIncomplete):
            return 0
        failures = [f["itemIdentifier"] for f in report["batchItemFailures"]]
        sequences = [json.loads(json.dumps(r))["kinesis"]["sequenceNumber"] for r in batch]
        return sequences.index(failures[0]) if failures else len(batch)


events = st.builds(
    lambda event_type, minutes, latency, amount, user: make_event(
        event_type=event_type,
        user_id=user,
        timestamp=instant.to_text(NOON_MS - minutes * 60_000),
        properties={"latency_ms": latency, "amount": amount, "currency": "EUR"},
    ),
    st.sampled_from(["sign_up", "error", "transaction"]),
    st.sampled_from([0, 1, 59, 61, 2_000]),
    st.floats(0, 10_000),
    st.floats(-1_000, 1_000),
    st.sampled_from(["u1", "u2"]),
)
POISON = {
    b"": "invalid_json",
    b"nonsense": "invalid_json",
    b"[]": "not_an_object",
    b'{"event_type": 1}': "missing_field",
}
poison = st.sampled_from(sorted(POISON))
shards = st.lists(st.one_of(events, events, events, poison), min_size=1, max_size=14)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shards, st.data())
def test_no_fault_cut_or_repeat_changes_the_outcome(
    bodies: list[Body], data: st.DataObject
) -> None:
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World()
    _disturb(world, records, data)

    assert world.deliver(records) == len(records)

    assert archived(world) == expected_lines(bodies)
    assert quarantined(world) == expected_poison(bodies)
    assert counted(world) == expected_counts(bodies)
    assert ledgered(world) == (len(bodies), sum(isinstance(body, dict) for body in bodies))


def _one_fault(n_works: int, fate: Fate) -> list[Fate]:
    works: list[Fate] = ["works"] * n_works
    return [*works, fate]


def _disturb(world: World, records: list[dict[str, object]], data: st.DataObject) -> None:
    """Deliver in any cut, with any fates, as Lambda may: it never goes on past a failure."""
    # One fault a delivery, anywhere in it: what an attempt leaves behind is what tells.
    fates: st.SearchStrategy[list[Fate]] = st.builds(
        _one_fault,
        st.integers(0, 9),
        st.sampled_from(FATES),
    )
    position = 0
    for _ in range(data.draw(st.integers(0, 6), label="deliveries")):
        script: list[Fate] = data.draw(fates, label="fates")
        world.faults.next_fate = script_of(script)
        start = data.draw(st.integers(0, position), label="start")
        end = data.draw(st.integers(start, len(records)), label="end")
        remaining = data.draw(st.sampled_from([FOREVER_MS, RESERVE_MS - 1]), label="remaining")
        listens = data.draw(st.booleans(), label="listens")
        done = world.deliver(records[start:end], remaining, listens=listens)
        position = max(position, start + done)
    world.faults.next_fate = lambda: "works"


def lines(world: World, prefix: str) -> list[dict[str, object]]:
    bodies = [body for key, body in world.archive.bodies.items() if key.startswith(prefix)]
    return [json.loads(line) for body in bodies for line in gzip.decompress(body).splitlines()]


def archived(world: World) -> Counter[str]:
    return Counter(json.dumps(line) for line in lines(world, "raw/"))


def quarantined(world: World) -> Counter[object]:
    return Counter(line["sequence_number"] for line in lines(world, quarantine_line.PREFIX))


def counted(world: World) -> Counter[tuple[str, str]]:
    return Counter(
        {
            (f"{key.partition_key} {key.sort_key.rpartition('#')[0]}", attribute): number
            for key, counter in world.ledger.counters.items()
            for attribute, number in counter.items()
            if number
        }
    )


def ledgered(world: World) -> tuple[int, int]:
    rows = world.ledger.rows
    return sum(row.total_records for row in rows), sum(row.success_records for row in rows)


def sequence(n: int) -> str:
    return str(100 + n).zfill(56)


def expected_lines(bodies: list[Body]) -> Counter[str]:
    return Counter(
        json.dumps(expected_line(n, body))
        for n, body in enumerate(bodies)
        if isinstance(body, dict)
    )


def expected_line(n: int, body: dict[str, Any]) -> dict[str, object]:
    names = ("event_id", "event_type", "source", "user_id", "session_id", "timestamp")
    properties = body["properties"]
    return {name: body[name] for name in names} | {
        "ingested_at": body["ingested_at"],
        "latency_ms": properties["latency_ms"],
        "amount": properties["amount"],
        "currency": "EUR",
        "value": None,
        "is_error": body["event_type"] == "error",
        "kinesis": {
            "stream": STREAM,
            "shard_id": SHARD,
            "sequence_number": sequence(n),
            "partition_key": "usr_1",
            "arrived_at": instant.to_text(NOON_MS + 3_000),
        },
        "properties": properties,
    }


def expected_poison(bodies: list[Body]) -> Counter[object]:
    return Counter(sequence(n) for n, body in enumerate(bodies) if isinstance(body, bytes))


def expected_counts(bodies: list[Body]) -> Counter[tuple[str, str]]:
    """Count by hand what the metrics table must hold."""
    counts: Counter[tuple[str, str]] = Counter()
    for body in bodies:
        if isinstance(body, bytes):
            item = "hour#2026-11-20 12#_quarantined"
            counts[item, "n_records"] += 1
            counts[item, f"n_{POISON[body]}"] += 1
            continue
        at = str(body["timestamp"])
        items = [f"hour#{at[:10]} {at[11:13]}#{body['event_type']}"]
        if at > "2026-11-19T12:00:03":
            items.append(f"minute#{at[:13]} {body['event_type']}#{at[14:16]}")
        for item in items:
            counts[item, "n_records"] += 1
            counts[item, "n_errors"] += body["event_type"] == "error"
            counts[item, "n_latencies"] += 1
            counts[item, f"latency_b{bucket_of(body['properties']['latency_ms'])}"] += 1
            counts[item, "latency_ns"] += round(body["properties"]["latency_ms"] * 1e6)
            counts[item, "n_amounts_EUR"] += 1
            counts[item, "amount_micros_EUR"] += round(body["properties"]["amount"] * 1e6)
    return Counter({key: n for key, n in counts.items() if n})


def test_what_a_dead_attempt_left_is_overwritten_by_shorter_ones() -> None:
    facts = {"latency_ms": 1.0, "amount": 2.0, "currency": "EUR"}
    kinds = ["sign_up", "sign_up", "error", "error"]
    bodies: list[Body] = [make_event(event_type=kind, properties=facts) for kind in kinds]
    records = [make_record(100 + n, body) for n, body in enumerate(bodies)]
    world = World()
    # The checkpoint is read and both objects are written; then, before the commit, the end.
    world.faults.next_fate = script_of(["works", "works", "works", "dies_before"])
    world.deliver(records)

    world.deliver(records[:2])
    world.deliver(records[2:])

    assert archived(world) == expected_lines(bodies)
