"""A shop's records as the streams deliver them: late, repeated, altered, out of order."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import batched
from pathlib import Path
from random import Random

from tests.builders import NOON_MS
from tests.unit.postgres.oracle import WINDOW_MS, Sent
from tests.unit.postgres.world import make_checkout, make_click

N_SHARDS = 2
LATE = REPEATED = 0.05
ALTERED = 1 / 3


def traffic(n_events: int, seed: int = 1) -> list[Sent]:
    """Return records in the order of their arrival, which isn't that of `ingested`."""
    chance = Random(seed)
    events = [_event(chance, number, n_events) for number in range(n_events)]
    repeats = [_repeat(chance, one) for one in events if chance.random() < REPEATED]
    sequences: Counter[tuple[str, str]] = Counter()
    arriving = sorted([*events, *repeats], key=lambda one: one.ingested + _delay(chance))
    return [replace(one, sequence=_next(sequences, one)) for one in arriving]


def _delay(chance: Random) -> int:
    return chance.randrange(3 * WINDOW_MS) if chance.random() < LATE else 0


def _event(chance: Random, number: int, n_events: int) -> Sent:
    user = f"u{chance.randrange(max(3, n_events // 20))}"
    # To the minute, so that simultaneous clicks and both edges of the window are frequent.
    at = NOON_MS + chance.randrange(6 * 60) * 60_000
    late = chance.randrange(3 * WINDOW_MS) if chance.random() < LATE else 0
    placed = {
        "user": user,
        "at": at,
        "ingested": at + late + chance.randrange(60_000),
        "shard": f"shardId-00000000000{sum(user.encode()) % N_SHARDS}",
    }
    if chance.random() < 0.8:
        campaign = chance.choice(("a", "b", None))
        return make_click(id=f"k{number}", campaign=campaign, **placed)
    return make_checkout(id=f"o{number}", amount=chance.randrange(10**6) / 100, **placed)


def _repeat(chance: Random, one: Sent) -> Sent:
    # Now and then in the same millisecond, or before what it repeats.
    moved = chance.choice((0, 1, -30_000, WINDOW_MS, 2 * WINDOW_MS))
    again = replace(one, ingested=one.ingested + moved)
    if chance.random() >= ALTERED:
        return again
    return replace(again, at=one.at + chance.choice((-WINDOW_MS, 1, WINDOW_MS)))


def _next(sequences: Counter[tuple[str, str]], one: Sent) -> int:
    shard = (one.stream, one.shard)
    sequences[shard] += 1
    return sequences[shard]


def line_of(one: Sent, body: bytes | Mapping[str, object] | None = None) -> dict[str, object]:
    content = one.body if body is None else body
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {
        "data": base64.b64encode(written).decode(),
        "shardId": one.shard,
        "partitionKey": one.user,
        "sequenceNumber": str(one.sequence),
        "approximateArrivalTimestamp": NOON_MS + 12 * WINDOW_MS + one.sequence,
    }


class StreamFiles:
    """The folder of the job's file source."""

    def __init__(self, folder: Path, streams: Sequence[str]) -> None:
        self.folder = folder
        self._n_written = 0
        for stream in streams:
            (folder / stream).mkdir(parents=True, exist_ok=True)

    def put(self, sent: Sequence[Sent], per_file: int = 500) -> None:
        """Write records as they arrive, into a file of each stream at a time."""
        for part in batched(sent, per_file):
            for stream, own in _by_stream(part).items():
                self.put_lines(stream, [line_of(one) for one in own])

    def put_lines(self, stream: str, lines: Sequence[Mapping[str, object]]) -> None:
        self._n_written += 1
        path = self.folder / stream / f"{self._n_written:06d}.json"
        # Spark passes over names that begin with a dot, and reads by age.
        fresh = path.with_name(f".{path.name}")
        fresh.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        os.utime(fresh, (NOON_MS / 1000 + self._n_written,) * 2)
        fresh.replace(path)


def _by_stream(sent: Sequence[Sent]) -> Mapping[str, list[Sent]]:
    found: dict[str, list[Sent]] = {}
    for one in sent:
        found.setdefault(one.stream, []).append(one)
    return found


def by_shard(sent: Sequence[Sent]) -> Iterator[list[Sent]]:
    """Yield each shard's records, as the functions get them."""
    found: dict[tuple[str, str], list[Sent]] = {}
    for one in sent:
        found.setdefault((one.stream, one.shard), []).append(one)
    yield from found.values()
