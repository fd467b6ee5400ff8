"""Decide, from the record alone, whether it is archived or quarantined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import orjson
import pybase64

from chalicelib.archive import quarantine_line, raw_line
from chalicelib.archive.record import Record, Shard
from chalicelib.model import event, facts, instant
from chalicelib.model.code import Code, Problem
from chalicelib.model.distinct import Place
from chalicelib.model.marks import Enrich, Marks

# A minute's counters are for live views; older events are counted by the hour alone.
MINUTE_HORIZON_MS = instant.DAY_MS
_NOT_MARKED: tuple[None, Place] = None, 0


# Neither a tuple nor frozen: there are 10,000 a batch, and either takes far longer to create.
@dataclass(slots=True)
class Accepted:
    """`line` ends in a newline, as does a quarantined one's.

    `minute` is `YYYY-MM-DDTHH:MM`; `is_recent` says whether it is counted by the minute too.
    `place` is that of its user in sketches, and means something only together with `marks`.
    """

    sequence: str
    event_type: str
    minute: str
    is_recent: bool
    facts: facts.Facts
    line: bytes
    marks: Marks | None = None
    place: Place = 0


@dataclass(slots=True)
class Quarantined:
    """`hour` is that of arrival, `YYYY-MM-DDTHH`: the event's own may not be readable."""

    sequence: str
    hour: str
    code: Code
    line: bytes


type Screened = Accepted | Quarantined
type Accept = Callable[[bytes, Record, Shard, Enrich | None], Accepted]


def screen(record: Record, shard: Shard, accept: Accept, enrich: Enrich | None = None) -> Screened:
    """Screen one record; never raises, since a poison record must not block its shard."""
    payload = b""
    try:
        payload = pybase64.b64decode(record.data)
        return accept(payload, record, shard, enrich)
    except event.Rejected as rejected:
        return _quarantine(payload, record, shard, rejected.problems)
    except Exception as error:  # noqa: BLE001  our own bug, and no reason to stop the shard
        problem = Problem("", Code.INTERNAL_ERROR, repr(error))
        return _quarantine(payload, record, shard, (problem,))


def accept(payload: bytes, record: Record, shard: Shard, enrich: Enrich | None = None) -> Accepted:
    """Turn a payload into its raw line, with what `enrich` adds.

    Raises:
        Rejected: the sender is at fault.
    """
    checked = event.read(payload)
    check(checked, payload)
    timestamp, event_type = checked["timestamp"], checked["event_type"]
    lifted = facts.lift(event_type, checked["properties"])
    marks, place = _NOT_MARKED
    if enrich is not None:
        marks, place = enrich(event_type, checked["user_id"], record.arrived_ms) or _NOT_MARKED
    try:
        line = raw_line.write(checked, lifted, record, shard, marks)
    except orjson.JSONEncodeError as error:
        problem = Problem("properties", Code.TOO_DEEP, "nested too deep")
        raise event.Rejected(problem) from error
    is_recent = timestamp >= _horizon(record.arrived_ms // 1000)
    minute = timestamp[:16]
    return Accepted(record.sequence, event_type, minute, is_recent, lifted, line, marks, place)


def check(checked: event.Event, payload: bytes) -> None:
    """Check what the shape of an event can't say: its size, and that its days exist.

    Raises:
        Rejected: the sender is at fault.
    """
    if len(payload) > event.MAX_PROPERTIES_BYTES:
        event.check_size(checked["properties"])
    day = checked["timestamp"][:10]
    _check_day(day, "timestamp")
    if checked["ingested_at"][:10] != day:
        _check_day(checked["ingested_at"][:10], "ingested_at")


def _check_day(day: str, field: str) -> None:
    """The pattern has checked everything except whether the day exists."""
    if not _exists(day):
        raise event.Rejected(Problem(field, Code.TIMESTAMP_INVALID, f"{day} is not a valid date"))


@lru_cache(maxsize=4096)
def _exists(day: str) -> bool:
    try:
        instant.from_text(f"{day}T00:00:00.000Z")
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _horizon(arrived_s: int) -> str:
    return instant.to_text(arrived_s * 1000 - MINUTE_HORIZON_MS)


def _quarantine(
    payload: bytes, record: Record, shard: Shard, problems: tuple[Problem, ...]
) -> Quarantined:
    line = quarantine_line.write(payload, record, shard, problems)
    arrived_at = instant.to_text(record.arrived_ms)
    return Quarantined(record.sequence, arrived_at[:13], problems[0].code, line)
