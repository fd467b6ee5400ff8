"""One line of the raw archive: a record's event as JSON, its typed head first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from chalicelib.archive.record import Record, Shard
from chalicelib.model import instant
from chalicelib.model.facts import Facts
from chalicelib.model.marks import EXPOSED_AT, Marks, since_exposure

if TYPE_CHECKING:
    # It builds validators, which those who only read lines do not need.
    from chalicelib.model.event import Event

# Splits a line into its typed head and its free tail. Inside a JSON string every quotation mark
# is escaped, and no key of the head has this name, so the first occurrence is the real one.
TAIL = b',"properties":'
# In the same way, splits what comes before its last field, a map whose keys are experiments. None
# of them is called `properties`.
EXPERIMENTS = b',"experiments":'


def write(
    event: Event, facts: Facts, record: Record, shard: Shard, marks: Marks | None = None
) -> bytes:
    """Write a line: the typed head in a fixed order, what marks add to it, the free tail last.

    Raises:
        orjson.JSONEncodeError: the properties are nested too deep.
    """
    latency_ms, amount, currency, value, is_error = facts
    line: dict[str, object] = {
        "event_id": event["event_id"],
        "event_type": event["event_type"],
        "source": event["source"],
        "user_id": event["user_id"],
        "session_id": event.get("session_id"),
        "timestamp": event["timestamp"],
        "ingested_at": event["ingested_at"],
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
    }
    properties = event["properties"]
    if marks is not None:
        if EXPOSED_AT in properties:
            _add_time(line, properties)
        _mark(line, marks)
    line["properties"] = properties
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _add_time(line: dict[str, object], properties: Mapping[str, object]) -> None:
    since = since_exposure(str(line["timestamp"]), properties)
    if since is not None:
        line["seconds_since_exposure"] = since


def _mark(line: dict[str, object], marks: Marks) -> None:
    if marks.error is None:
        line["experiments"] = marks.text
    else:
        line["experiments_error"] = marks.error


# Records that were sent in one request share their time of arrival.
_arrival = lru_cache(maxsize=1024)(instant.to_text)
