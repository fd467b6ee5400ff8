"""One shard's world: what process writes to, how Lambda delivers, and what must come of it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalicelib.archive import quarantine_line
from chalicelib.archive.screen_record import Accept, accept
from chalicelib.errors import BatchIncomplete
from chalicelib.model import instant, live
from chalicelib.model.about_users import place_of, sketch_at
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.latency import bucket_of
from chalicelib.process import Limits, ProcessBatch
from chalicelib.process.process_batch import EnrichBatch, enriches_nothing
from tests.builders import NOON_MS, SHARD, STREAM
from tests.fakes import FakeLedger, FakeObjects, Faults, Killed

FOREVER_MS = 900_000
RESERVE_MS = 20_000
type Body = dict[str, Any] | bytes

SHARD_NAME = f"{STREAM}-{SHARD}"
# Small, so that a handful of records makes several objects and chunks.
LIMITS = Limits(max_bytes=1_500, max_records=2)


ADDED = {"experiments", "seconds_since_exposure", "experiments_error"}
POISON = {
    b"": "invalid_json",
    b"nonsense": "invalid_json",
    b"[]": "not_an_object",
    b'{"event_type": 1}': "missing_field",
}


@dataclass(frozen=True)
class Version:
    """What may differ between two deployments."""

    accept: Accept = accept
    limits: Limits = LIMITS


@dataclass
class World:
    """One shard and everything that process writes to, with its faults."""

    faults: Faults = field(default_factory=Faults)
    version: Version = field(default_factory=Version)
    enrich: EnrichBatch = enriches_nothing
    ids: count[int] = field(default_factory=count)
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
            entropy=lambda: next(self.ids),
            limits=self.version.limits,
            accept=self.version.accept,
            enrich=self.enrich,
            reserve_ms=RESERVE_MS,
        )
        try:
            report = process(batch, lambda: remaining_ms).to_lambda(partial=listens)
        except (Killed, BatchIncomplete):
            return 0
        failures = [f["itemIdentifier"] for f in report["batchItemFailures"]]
        sequences = [json.loads(json.dumps(r))["kinesis"]["sequenceNumber"] for r in batch]
        return sequences.index(failures[0]) if failures else len(batch)


def lines(world: World, prefix: str) -> list[dict[str, object]]:
    bodies = [body for key, body in world.archive.bodies.items() if key.startswith(prefix)]
    return [json.loads(line) for body in bodies for line in gzip.decompress(body).splitlines()]


def archived(world: World) -> Counter[str]:
    """Count the lines, without what they say of experiments."""
    return Counter(
        json.dumps({name: value for name, value in line.items() if name not in ADDED})
        for line in lines(world, "raw/")
    )


def archived_by_variant(world: World) -> Counter[tuple[str, str, str]]:
    """Count by hour, experiment and attribute what the archived lines say."""
    found = Counter[tuple[str, str, str]]()
    for line in lines(world, "raw/"):
        experiments: Any = line.get("experiments", {})
        hour = str(line["timestamp"])[:13]
        for experiment_id, variant in experiments.items():
            found[hour, experiment_id, f"{live.VARIANT_EVENTS}{variant}"] += 1
            if line["event_type"] == "transaction":
                found[hour, experiment_id, f"{live.VARIANT_CONVERSIONS}{variant}"] += 1
    return found


def counted_by_variant(world: World) -> Counter[tuple[str, str, str]]:
    """Return the same as the live counters have it, summed over shards."""
    found = Counter[tuple[str, str, str]]()
    for key, counts in world.ledger.counters.items():
        kind, _, experiment_id = key.partition_key.partition("#")
        if kind == "experiment":
            hour = key.sort_key.partition("#")[0]
            found.update({(hour, experiment_id, name): n for name, n in counts.items()})
    return found


def archived_users(world: World) -> dict[tuple[str, str, str], HyperLogLog]:
    """Sketch by hour, experiment and attribute the users of whom the archived lines speak."""
    users: dict[tuple[str, str, str], set[str]] = {}
    for line in lines(world, "raw/"):
        experiments: Any = line.get("experiments", {})
        for experiment_id, variant in experiments.items():
            place = str(line["timestamp"])[:13], experiment_id, f"{live.VARIANT_USERS}{variant}"
            users.setdefault(place, set()).add(str(line["user_id"]))
    return {place: sketch_at(map(place_of, some)) for place, some in users.items()}


def sketched_users(world: World) -> dict[tuple[str, str, str], HyperLogLog]:
    """Return the same as the live counters have it."""
    return {
        (key.sort_key.partition("#")[0], key.partition_key.partition("#")[2], name): sketch
        for key, sketches in world.ledger.sketches.items()
        for name, sketch in sketches.items()
    }


def quarantined(world: World) -> Counter[object]:
    return Counter(line["sequence_number"] for line in lines(world, quarantine_line.PREFIX))


def refused(world: World) -> dict[str, str]:
    """Return the code of every quarantined record."""
    found = lines(world, quarantine_line.PREFIX)
    return {str(line["sequence_number"]): str(line["code"]) for line in found}


def counted(world: World) -> Counter[tuple[str, str]]:
    return Counter(
        {
            (f"{key.partition_key} {key.sort_key.rpartition('#')[0]}", attribute): number
            for key, counter in world.ledger.counters.items()
            for attribute, number in counter.items()
            if number and not key.partition_key.startswith("experiment#")
        }
    )


def ledgered(world: World) -> tuple[int, int]:
    rows = world.ledger.rows
    return sum(row.total_records for row in rows), sum(row.success_records for row in rows)


def sequence(n: int) -> str:
    return str(100 + n).zfill(56)


def expected_lines(bodies: list[Body]) -> Counter[str]:
    return Counter(
        expected_line_text(n, body) for n, body in enumerate(bodies) if isinstance(body, dict)
    )


def expected_line_text(n: int, body: dict[str, Any]) -> str:
    return json.dumps(expected_line(n, body))


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


def expected_counts(
    bodies: list[Body], refused: Mapping[str, str] | None = None
) -> Counter[tuple[str, str]]:
    """Count by hand what the metrics table must hold; `refused` has codes by sequence number."""
    counts: Counter[tuple[str, str]] = Counter()
    for n, body in enumerate(bodies):
        code = (refused or {}).get(sequence(n))
        if isinstance(body, bytes) or code:
            item = "quarantined#2026-11-20 12"
            counts[item, "n_records"] += 1
            counts[item, f"n_{code or POISON[body]}"] += 1  # type: ignore[index]  # bytes without a code
            continue
        at = str(body["timestamp"])
        items = [f"hour#{at[:10]} {at[11:13]}#{body['event_type']}"]
        if at > "2026-11-19T12:00:03":
            items.append(f"minute#{at[:13]} {body['event_type']}#{at[14:16]}")
        for item in items:
            counts[item, "n_records"] += 1
            counts[item, "n_errors"] += body["event_type"] == "error"
            counts[item, "n_latencies"] += 1
            counts[item, f"b{bucket_of(body['properties']['latency_ms'])}"] += 1
            counts[item, "latency_ns"] += round(body["properties"]["latency_ms"] * 1e6)
            counts[item, "n_amounts_EUR"] += 1
            counts[item, "amount_micros_EUR"] += round(body["properties"]["amount"] * 1e6)
    return Counter({key: n for key, n in counts.items() if n})
