"""The transform stage on full raw objects, compared with the least it could do."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import json as pajson

from benchmarks.curve import Curve
from benchmarks.effort import Effort
from benchmarks.row import Other, Row, measured, per_second
from benchmarks.stopwatch import CPU_CLOCK, WALL_CLOCK, micros_per_item, take_turns
from chalicelib.archive.raw_key import RawKey
from chalicelib.model import instant
from chalicelib.model.hour import Hour
from chalicelib.transform import Enrichment, TransformRaw
from chalicelib.transform.transform_raw import Each
from chalicelib.wiring.world import in_parallel
from tests.builders import (
    NOON_MS,
    make_raw_key,
    make_raw_line,
    make_raw_message,
    make_raw_object,
)
from tests.fakes import FakeLedger, FakeObjects

LINES = 10_000
SIZES = (10, 30, 100, 300, 1_000, 3_000, LINES)
# What a queue hands over at once: ten objects, the enriched types among them.
TYPES = (*["page_view"] * 4, *["user_action"] * 2, *["transaction"] * 2, "metric", "click")
FLOOR = "pyarrow reads the same JSON lines, writes Parquet"
MAX_RATIO = 1.5


def measure(effort: Effort) -> list[Row]:
    effort.say(f"{len(TYPES)} objects of {LINES:,} lines")
    bodies = {make_raw_key(name, first_sequence=n): body(name) for n, name in enumerate(TYPES)}
    one = dict(list(bodies.items())[:1])
    alone, alone_floor = take_turns(
        partial(transform, one, map), partial(_rewrite_all, one), turns=31, clock=CPU_CLOCK
    )
    batch, batch_floor = take_turns(
        partial(transform, bodies, in_parallel),
        partial(in_parallel, rewrite, bodies.values()),
        turns=15,
        clock=WALL_CLOCK,
    )
    return [
        measured(
            f"transform, {len(bodies)} objects of {LINES:,} events, one SQS batch",
            batch,
            per_second(LINES * len(bodies)),
            Other(
                kind="floor",
                name=f"{FLOOR}, as many objects at once",
                costs=batch_floor,
                at_most=MAX_RATIO,
            ),
        ),
        measured(
            f"transform, one object of {LINES:,} events, one thread",
            alone,
            per_second(LINES),
            Other(
                kind="floor",
                name=f"{FLOOR}, one thread",
                costs=alone_floor,
                at_most=MAX_RATIO,
            ),
        ),
    ]


def growth(effort: Effort) -> list[Curve]:
    ours, floor = [], []
    for size in SIZES:
        effort.say(f"objects of {size:,} lines")
        one = {make_raw_key("page_view"): body("page_view", size)}
        micros = micros_per_item(size, partial(transform, one, map), partial(_rewrite_all, one))
        ours.append((size, micros[0]))
        floor.append((size, micros[1]))
    return [
        Curve(
            name="transform",
            title="Transform: cost of an event over the size of an object",
            x="lines in an object",
            y="µs per event",
            lines={"transform, one thread": ours, "floor: pyarrow, JSON to Parquet": floor},
        )
    ]


class NoMarks:
    def mark(self, hour: Hour) -> None:
        """Nothing to count: the calls to AWS are not what is measured."""


def transform(bodies: Mapping[RawKey, bytes], each: Each) -> None:
    stage = TransformRaw(
        raw=FakeObjects(bodies={str(key): raw for key, raw in bodies.items()}),
        lake=FakeObjects(),
        marker=NoMarks(),
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        enrichment=Enrichment(),
        each=each,
    )
    report = stage([make_raw_message(*bodies)])
    if report.failed_ids:
        raise RuntimeError(report)


def _rewrite_all(bodies: Mapping[RawKey, bytes]) -> None:
    for raw in bodies.values():
        rewrite(raw)


def rewrite(raw: bytes) -> int:
    stream = pa.CompressedInputStream(pa.BufferReader(raw), "gzip")
    table = pajson.read_json(stream, pajson.ReadOptions(use_threads=False))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="snappy")
    return len(table)


def body(event_type: str, n_lines: int = LINES) -> bytes:
    """Make an object as process leaves it: in order of arrival, hence nearly in order of time."""
    chance = random.Random(event_type)
    return make_raw_object(*(_line(event_type, n, chance) for n in range(n_lines)))


def _line(event_type: str, n: int, chance: random.Random) -> bytes:
    at_ms = NOON_MS + n * 300 + chance.randrange(60_000)
    duration_ms = chance.randrange(5_000)
    user_id = f"usr_{chance.randrange(3_000)}"
    properties: dict[str, object] = {
        "page": f"/products/{chance.randrange(500)}",
        "referrer": "https://www.example.com/search",
        "duration_ms": duration_ms,
        "device": chance.choice(["mobile", "desktop", "tablet"]),
    }
    extra: dict[str, dict[str, object]] = {
        "page_view": {"title": "Product", "language": "en"},
        "click": {"element": "buy", "campaign": "autumn"},
        "user_action": {"action": "scroll", "session_duration": chance.randrange(900)},
        "transaction": {"amount": chance.randrange(200_000) / 100, "currency": "EUR"},
        "metric": {"name": "cpu", "value": chance.random() * 120 - 10},
    }
    properties |= extra[event_type]
    return make_raw_line(
        event_id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        event_type=event_type,
        user_id=user_id,
        session_id=f"ses_{chance.randrange(10**6)}",
        timestamp=instant.to_text(at_ms),
        ingested_at=instant.to_text(at_ms + 40),
        latency_ms=float(duration_ms),
        amount=properties.get("amount"),
        currency=properties.get("currency"),
        value=properties.get("value"),
        kinesis={
            "sequence_number": str(49590338271490256608559692538361571095921575989136588898 + n),
            "partition_key": user_id,
            "arrived_at": instant.to_text(at_ms + 90),
        },
        properties=properties,
    )
