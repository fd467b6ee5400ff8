"""A folder of lake files, written by the transform stage from raw lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from chalicelib.transform import Enrichment, TransformRaw
from tests.builders import NOON_MS, SHARD, STREAM, make_raw_message, make_raw_object
from tests.fakes import FakeLedger, FakeObjects


class FakeMarker:
    def mark(self, hour: Hour) -> None:
        """Nobody rolls up here."""


def write_lake(folder: Path, lines: Iterable[bytes]) -> int:
    """Archive the lines as process does, transform them, and return the number of lake files."""
    groups: dict[RawKey, list[bytes]] = {}
    for line in lines:
        head = json.loads(line)
        hour = Hour.of_text(head["timestamp"][:13])
        key = RawKey(head["event_type"], hour, f"{STREAM}-{SHARD}", "0".zfill(56))
        groups.setdefault(key, []).append(line)
    raw = FakeObjects(bodies={str(k): make_raw_object(*group) for k, group in groups.items()})
    lake = FakeObjects()
    transform = TransformRaw(
        raw=raw,
        lake=lake,
        marker=FakeMarker(),
        ledger=FakeLedger(),
        clock=lambda: NOON_MS,
        enrichment=Enrichment(),
    )
    report = transform([make_raw_message(*groups)])
    assert not report.reasons
    for name, body in lake.bodies.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return len(lake.bodies)
