"""The process stage's work as one writes it with AWS Lambda Powertools: a handler a record.

It does less: no lifted facts, no counters, no checks of known properties, no checkpoint, no
chunks, and one object for all types.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from isal import igzip
from pydantic import TypeAdapter

from chalicelib.archive.objects import GZIP_LEVEL
from chalicelib.model import instant
from chalicelib.model.event import Event

_EVENT = TypeAdapter(Event)


@dataclass(frozen=True, slots=True)
class Codecs:
    """How a line is written, and how all lines are compressed."""

    write: Callable[[Mapping[str, object]], bytes]
    compress: Callable[[bytes], bytes]


# What nearly every such function has.
STANDARD = Codecs(
    write=lambda line: json.dumps(line, separators=(",", ":")).encode() + b"\n",
    compress=lambda lines: gzip.compress(lines, 6, mtime=0),
)
# Ours, so that only the way of working differs.
COMPILED = Codecs(
    write=lambda line: orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE),
    compress=lambda lines: igzip.compress(lines, GZIP_LEVEL, mtime=0),
)


def archive(records: Sequence[dict[str, object]], codecs: Codecs) -> bytes:
    """Return the gzip of a JSON line a record.

    Raises:
        RuntimeError: a record was refused, although all are valid.
    """
    lines: list[bytes] = []

    def handle(record: KinesisStreamRecord) -> None:
        kinesis = record.kinesis
        event = _EVENT.validate_json(kinesis.data_as_bytes())
        stream = record.event_source_arn.rpartition("/")[2]
        source = {
            "stream": stream,
            "shard_id": record.event_id.partition(":")[0],
            "sequence_number": kinesis.sequence_number,
            "partition_key": kinesis.partition_key,
            "arrived_at": instant.to_text(round(kinesis.approximate_arrival_timestamp * 1000)),
        }
        lines.append(codecs.write({**event, "kinesis": source}))

    processor = BatchProcessor(event_type=EventType.KinesisDataStreams)
    answer = process_partial_response(
        event={"Records": list(records)}, record_handler=handle, processor=processor
    )
    if answer["batchItemFailures"] or len(lines) != len(records):
        raise RuntimeError(answer)
    return codecs.compress(b"".join(lines))
