"""The process stage on one full Lambda batch, compared with its floor and with a peer."""

from __future__ import annotations

import base64
import gzip
import random
from collections.abc import Sequence
from functools import partial

import orjson
from pydantic import TypeAdapter

from benchmarks.curve import Curve
from benchmarks.effort import Effort
from benchmarks.process_powertools import COMPILED, STANDARD, archive
from benchmarks.row import Other, Row, measured, millis, per_second
from benchmarks.stopwatch import CPU_CLOCK, Work, micros_per_item, take_turns
from chalicelib.model import instant
from chalicelib.model.event import Event
from chalicelib.model.experiment import Metric
from chalicelib.process import Limits, ProcessBatch
from chalicelib.process.enrich_records import EnrichRecords
from chalicelib.process.process_batch import EnrichBatch, enriches_nothing
from tests.builders import NOON_MS, make_event, make_experiment, make_record
from tests.fakes import FakeExperiments, FakeLedger, FakeObjects

RECORDS = 10_000
SIZES = (10, 30, 100, 300, 1_000, 3_000, RECORDS)
SMALL = 100
TURNS = 25
MAX_RATIO = 1.4
# A batch costs some calls of its own, which few records share.
MAX_SMALL_RATIO = 3
# Than Powertools with pydantic.
TIMES_AS_FAST = 1.6
EXPERIMENTS = 3
MAX_ENRICHED_RATIO = 1.15
QUIET = "the same batch with no experiment running"
FLOOR = "base64, one pydantic validation a record, gzip of the same lines"
PEER = "Powertools' BatchProcessor with pydantic, the standard library's json and gzip"
LESS_WORK = "the same with our codecs; it keeps no counters and no checkpoint"


def measure(effort: Effort) -> list[Row]:
    effort.say(f"{SMALL} records")
    small = batch(SMALL)
    few = take_turns(partial(process, small), Floor(small), turns=100, clock=CPU_CLOCK)
    effort.say(f"{RECORDS:,} records")
    records = batch(RECORDS)
    many = take_turns(
        partial(process, records),
        Floor(records),
        partial(archive, records, STANDARD),
        partial(archive, records, COMPILED),
        turns=TURNS,
        clock=CPU_CLOCK,
    )
    return [_small_batch(*few), _full_batch(*many), _enriched_batch(effort, records)]


def _enriched_batch(effort: Effort, records: Sequence[dict[str, object]]) -> Row:
    """Compare in pairs, since what experiments add is less than what turns differ by."""
    effort.say(f"{RECORDS:,} records with {EXPERIMENTS} experiments")
    three, none = enriching(EXPERIMENTS), enriching(0)
    with_three, without = take_turns(
        partial(process, records, enrich=three),
        partial(process, records, enrich=none),
        turns=TURNS,
        clock=CPU_CLOCK,
    )
    return measured(
        f"process, {RECORDS:,} records with {EXPERIMENTS} experiments running",
        with_three,
        per_second(RECORDS),
        Other(kind="floor", name=QUIET, costs=without, at_most=MAX_ENRICHED_RATIO),
    )


def enriching(n_experiments: int) -> EnrichRecords:
    """Make one container's, whose users are known after the first batch."""
    named = ("purchase", "transaction", "page_view")
    experiments = [
        make_experiment(
            experiment_id=f"experiment-{n}",
            salt=f"experiment-{n}",
            primary=Metric(key="goal", event_type=named[n % len(named)]),
            enriched_types=("click", "sign_up", "user_action"),
        )
        for n in range(n_experiments)
    ]
    return EnrichRecords(
        experiments=FakeExperiments.of(*experiments), clock=lambda: NOON_MS, fresh_ms=60_000
    )


def _small_batch(ours: Sequence[float], floor: Sequence[float]) -> Row:
    return measured(
        f"process, {SMALL} records in one batch",
        ours,
        millis(),
        Other(kind="floor", name=FLOOR, costs=floor, at_most=MAX_SMALL_RATIO),
    )


def _full_batch(
    ours: Sequence[float],
    floor: Sequence[float],
    standard: Sequence[float],
    compiled: Sequence[float],
) -> Row:
    return measured(
        f"process, {RECORDS:,} records in one batch",
        ours,
        per_second(RECORDS),
        Other(kind="floor", name=FLOOR, costs=floor, at_most=MAX_RATIO),
        Other(kind="peer", name=PEER, costs=standard, at_most=1 / TIMES_AS_FAST),
        Other(kind="peer", name=LESS_WORK, costs=compiled),
    )


def growth(effort: Effort) -> list[Curve]:
    points: dict[str, list[tuple[float, float]]] = {}
    for size in SIZES:
        effort.say(f"batches of {size:,} records")
        records = batch(size)
        works: dict[str, Work] = {
            "process": partial(process, records),
            "floor: base64, validation, gzip": Floor(records),
            "Powertools, json and gzip": partial(archive, records, STANDARD),
            "Powertools, our codecs": partial(archive, records, COMPILED),
        }
        for name, micros in zip(works, micros_per_item(size, *works.values()), strict=True):
            points.setdefault(name, []).append((size, micros))
    return [
        Curve(
            name="process",
            title="Process: cost of an event over the size of a batch",
            x="records in a batch",
            y="µs per event",
            lines=points,
        )
    ]


class Floor:
    """Decode, validate and compress what has to be archived, with the standard library."""

    def __init__(self, records: Sequence[dict[str, object]]) -> None:
        kept = FakeObjects()
        process(records, kept)
        self.lines = b"".join(gzip.decompress(body) for body in kept.bodies.values())
        self.payloads = [str(r["kinesis"]["data"]) for r in records]  # type: ignore[index]  # a record
        self.validate = TypeAdapter(Event).validator.validate_json

    def __call__(self) -> None:
        for payload in self.payloads:
            self.validate(base64.b64decode(payload))
        gzip.compress(self.lines, 6, mtime=0)


def batch(n_records: int) -> list[dict[str, object]]:
    """Make a batch as an API under load fills it: six types, ten events a millisecond."""
    chance = random.Random(1)
    return [
        make_record(10**55 + n * 7_919, _event(n, chance), arrived_ms=NOON_MS + n // 10 + 800)
        for n in range(n_records)
    ]


def _event(n: int, chance: random.Random) -> bytes:
    properties: dict[str, object] = {
        "page": f"/products/{chance.randrange(500)}",
        "referrer": "https://www.example.com/search",
        "duration_ms": chance.randrange(5_000),
        "device": "mobile",
    }
    extra: dict[str, dict[str, object]] = {
        "page_view": {},
        "click": {"element": "buy"},
        "sign_up": {"plan": "free"},
        "metric": {"name": "cpu", "value": chance.random() * 100},
        "transaction": {"amount": chance.randrange(100_000) / 100, "currency": "EUR"},
        "user_action": {"action": "scroll", "session_duration": chance.randrange(900)},
    }
    event_type = chance.choice(list(extra))
    event = make_event(
        event_id=f"019a{n:028x}",
        event_type=event_type,
        user_id=f"usr_{chance.randrange(9_999)}",
        timestamp=instant.to_text(NOON_MS + n // 10),
        properties=properties | extra[event_type],
    )
    return orjson.dumps(event)


def process(
    records: Sequence[dict[str, object]],
    kept: FakeObjects | None = None,
    enrich: EnrichBatch = enriches_nothing,
) -> None:
    stage = ProcessBatch(
        archive=kept or FakeObjects(),
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=20_000,
        enrich=enrich,
    )
    stage(records, lambda: 900_000)
