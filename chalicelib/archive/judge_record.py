"""Decide, by the record alone, whether it is archived or quarantined, and as which line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import orjson
import pybase64

from chalicelib.archive.record import Record, Shard
from chalicelib.model import event, facts, instant
from chalicelib.model.code import Code, Problem

# A minute's counters are for live views; older events are counted by the hour alone.
MINUTE_HORIZON_MS = instant.DAY_MS
MAX_REASON = 1_000


# Neither a tuple nor frozen: there are 10,000 a batch, and either takes far longer to make.
@dataclass(slots=True)
class Accepted:
    """`line` ends in a newline, as does a quarantined one's.

    `minute` is `YYYY-MM-DDTHH:MM`; `is_recent` says whether it is counted by the minute too.
    """

    sequence: str
    event_type: str
    minute: str
    is_recent: bool
    facts: facts.Facts
    line: bytes


@dataclass(slots=True)
class Quarantined:
    """`hour` is that of arrival, `YYYY-MM-DDTHH`: the event's own may not be readable."""

    sequence: str
    hour: str
    code: Code
    line: bytes


type Outcome = Accepted | Quarantined
type Accept = Callable[[bytes, Record, Shard], Accepted]


def judge(record: Record, shard: Shard, accept: Accept) -> Outcome:
    """Judge one record; never raises, since a poison record must not block its shard."""
    payload = b""
    try:
        payload = pybase64.b64decode(record.data)
        return accept(payload, record, shard)
    except event.Rejected as rejected:
        return _quarantine(payload, record, shard, rejected.problems)
    except Exception as error:  # noqa: BLE001  our own fault, and no reason to stop the shard
        problem = Problem("", Code.INTERNAL_ERROR, repr(error))
        return _quarantine(payload, record, shard, (problem,))


def accept(payload: bytes, record: Record, shard: Shard) -> Accepted:
    """Turn a payload into its raw line.

    Raises:
        Rejected: for the sender's fault.
    """
    checked = event.read(payload)
    properties = checked["properties"]
    if len(payload) > event.MAX_PROPERTIES_BYTES:
        event.check_size(properties)
    timestamp, event_type = checked["timestamp"], checked["event_type"]
    _check_day(timestamp[:10], "timestamp")
    if checked["ingested_at"][:10] != timestamp[:10]:
        _check_day(checked["ingested_at"][:10], "ingested_at")
    lifted = facts.lift(event_type, properties)
    return Accepted(
        record.sequence,
        event_type,
        timestamp[:16],
        timestamp >= _horizon(record.arrived_ms // 1000),
        lifted,
        _line(checked, lifted, record, shard),
    )


def _line(checked: event.Event, lifted: facts.Facts, record: Record, shard: Shard) -> bytes:
    """Write the raw line: the typed head in a fixed order, the free tail last."""
    latency_ms, amount, currency, value, is_error = lifted
    line = {
        "event_id": checked["event_id"],
        "event_type": checked["event_type"],
        "source": checked["source"],
        "user_id": checked["user_id"],
        "session_id": checked.get("session_id"),
        "timestamp": checked["timestamp"],
        "ingested_at": checked["ingested_at"],
        "latency_ms": latency_ms,
        "amount": amount,
        "currency": currency,
        "value": value,
        "is_error": is_error,
        "kinesis": {
            "stream": shard.stream,
            "shard_id": shard.shard_id,
            "sequence_number": record.sequence,
            "partition_key": record.partition_key,
            "arrived_at": _arrival(record.arrived_ms),
        },
        "properties": checked["properties"],
    }
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError as error:
        problem = Problem("properties", Code.TOO_DEEP, "nested too deep")
        raise event.Rejected(problem) from error


# Records that came in one request share their arrival.
_arrival = lru_cache(maxsize=1024)(instant.to_text)


def _check_day(day: str, field: str) -> None:
    """The pattern has checked all but whether the day exists."""
    if not _exists(day):
        raise event.Rejected(Problem(field, Code.TIMESTAMP_INVALID, f"{day} is no day"))


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
    reasons = "; ".join(f"{field or 'event'}: {message}" for field, _, message in problems)
    arrived_at = instant.to_text(record.arrived_ms)
    line = {
        "code": problems[0].code,
        "reason": reasons[:MAX_REASON],
        "stage": "process",
        "stream": shard.stream,
        "shard_id": shard.shard_id,
        "sequence_number": record.sequence,
        "partition_key": record.partition_key,
        "arrived_at": arrived_at,
        "payload": pybase64.b64encode_as_string(payload),
    }
    written = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    return Quarantined(record.sequence, arrived_at[:13], problems[0].code, written)
