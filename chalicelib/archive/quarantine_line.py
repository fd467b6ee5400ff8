"""One line of the quarantine: a record that was not accepted, with the reason and its bytes."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import NamedTuple

import orjson
import pybase64

from chalicelib.archive.raw_key import SUFFIX
from chalicelib.archive.record import Record, Shard
from chalicelib.model import instant
from chalicelib.model.code import Problem
from chalicelib.model.hour import Hour

PREFIX = "quarantine/"
MAX_REASON = 1_000


class QuarantineLine(NamedTuple):
    """A line as it was written; `payload` is the record's own bytes.

    `code` is that of the first problem, and `reason` names them all.
    """

    code: str
    reason: str
    stage: str
    stream: str
    shard_id: str
    sequence_number: str
    partition_key: str
    arrived_at: str
    payload: bytes


def prefix_of(hour: Hour) -> str:
    """Return where the objects of one hour of arrival are."""
    return f"{PREFIX}{hour.partition}/"


def shard_of(key: str) -> str:
    """Return the shard of an object; of one shard, keys sort in the order of its records.

    >>> shard_of(key(Hour.parse("2026-11-21T10"), "events-shardId-000000000000", "4959"))
    'events-shardId-000000000000'
    """
    return key.rpartition("/")[2].rpartition("-")[0]


def key(hour: Hour, shard: str, first_sequence: str) -> str:
    """Return the key of the object that holds the lines of one hour of arrival and chunk.

    >>> key(Hour.parse("2026-11-21T10"), "events-shardId-000000000000", "4959")
    'quarantine/year=2026/month=11/day=21/hour=10/events-shardId-000000000000-4959.json.gz'
    """
    return f"{prefix_of(hour)}{shard}-{first_sequence}{SUFFIX}"


def write(payload: bytes, record: Record, shard: Shard, problems: Sequence[Problem]) -> bytes:
    reasons = "; ".join(problem.message for problem in problems)
    line = {
        "code": problems[0].code,
        "reason": reasons[:MAX_REASON],
        "stage": "process",
        "stream": shard.stream,
        "shard_id": shard.shard_id,
        "sequence_number": record.sequence,
        "partition_key": record.partition_key,
        "arrived_at": instant.to_text(record.arrived_ms),
        "payload": pybase64.b64encode_as_string(payload),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def read(line: bytes) -> QuarantineLine:
    """Read a line back.

    >>> from chalicelib.model.code import Code
    >>> record, shard = Record("49", "", "usr_1", 0, ""), Shard("events", "shardId-000000000000")
    >>> read(write(b"{", record, shard, [Problem("", Code.INVALID_JSON, "not JSON")])).payload
    b'{'
    """
    written = orjson.loads(line)
    fields = {name: written[name] for name in QuarantineLine._fields}
    return QuarantineLine(**fields | {"payload": pybase64.b64decode(written["payload"])})


def read_all(body: bytes) -> list[QuarantineLine]:
    """Read every line of one quarantine object."""
    return [read(line) for line in gzip.decompress(body).splitlines()]
