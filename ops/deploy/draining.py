"""Streams that a stage gives up: they go only once everything in them is processed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.settings.streams import OwnStreams
from ops.kit.errors import OperationFailed
from ops.stage.names import OWN_STREAMS
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

# A shard may be read five times a second, by its functions too.
POLL_S = 0.5
_GONE = "ResourceNotFoundException"


def refuse_undrained(target: Target) -> None:
    """Keep a stream that the stage no longer has, and that is written to or not read to its end.

    Raises:
        OperationFailed: says which, and how to drain them.
    """
    if problems := list(undrained(target, surplus(target))):
        raise OperationFailed(
            f"{'; '.join(problems)}. Without the streams these records would be lost.",
            f'Set own_streams = "draining" for {target.names.stage} in'
            f" {target.project.stages_file.name}, deploy, and take it out when"
            f" `python -m ops doctor` says that they are drained.",
        )


def surplus(target: Target) -> list[str]:
    """The streams that exist although the stage has none of their kind any more."""
    unwanted = set(OWN_STREAMS) - set(target.stage.streams)
    return [stream for stream in OWN_STREAMS if stream in unwanted and _exists(target, stream)]


def draining(target: Target) -> list[str]:
    """The streams that the stage only reads to their end."""
    is_draining = target.stage.streams_of_its_own is OwnStreams.DRAINING
    return [s for s in OWN_STREAMS if _exists(target, s)] if is_draining else []


def undrained(target: Target, streams: list[str]) -> Iterator[str]:
    """Say of each stream why it can't go yet."""
    if streams and _is_fed(target):
        yield f"The API still writes to {' and '.join(map(target.names.stream, streams))}"
    for stream in streams:
        if shards := list(_unprocessed_shards(target, stream)):
            yield f"{target.names.stream(stream)} has unprocessed records in {', '.join(shards)}"


def _exists(target: Target, stream: str) -> bool:
    kinesis = target.session.client("kinesis")
    try:
        kinesis.describe_stream_summary(StreamName=target.names.stream(stream))
    except ClientError as error:
        if error.response["Error"].get("Code") != _GONE:
            raise
        return False
    return True


def _is_fed(target: Target) -> bool:
    """Whether the deployed API writes clicks and checkouts to streams of their own."""
    client = target.session.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=target.names.api_function)
    except client.exceptions.ResourceNotFoundException:
        return False
    # Versions that had no such setting always wrote to them.
    variables = found.get("Environment", {}).get("Variables", {})
    return bool(variables.get("OWN_STREAMS", OwnStreams.YES) == OwnStreams.YES)


def _unprocessed_shards(target: Target, stream: str) -> Iterator[str]:
    kinesis, name = target.session.client("kinesis"), target.names.stream(stream)
    ledger = _ledger(target)
    for page in kinesis.get_paginator("list_shards").paginate(StreamName=name):
        for shard in (one["ShardId"] for one in page["Shards"]):
            if has_records_after(kinesis, name, shard, ledger.checkpoint(f"{name}-{shard}")):
                yield shard


def _ledger(target: Target) -> DynamoBatchLedger:
    names = target.names
    tables = names.table("batches"), names.table("metrics")
    return DynamoBatchLedger(target.session.client("dynamodb"), *tables)


def has_records_after(
    kinesis: KinesisClient, stream: str, shard: str, checkpoint: str | None
) -> bool:
    """Whether a shard holds a record after a checkpoint, or any at all without one."""
    at: str | None = _iterator(kinesis, stream, shard, checkpoint)
    while at:
        got = kinesis.get_records(ShardIterator=at, Limit=1)
        if got["Records"]:
            return True
        at = got.get("NextShardIterator") if got.get("MillisBehindLatest") else None
        if at:
            time.sleep(POLL_S)
    return False


def _iterator(kinesis: KinesisClient, stream: str, shard: str, checkpoint: str | None) -> str:
    if checkpoint is not None:
        try:
            return kinesis.get_shard_iterator(
                StreamName=stream,
                ShardId=shard,
                ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                StartingSequenceNumber=str(int(checkpoint)),
            )["ShardIterator"]
        except kinesis.exceptions.InvalidArgumentException:
            # It has expired: all that is left is after it.
            pass
    return kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
