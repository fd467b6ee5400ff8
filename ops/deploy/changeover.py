"""From where attribution goes on when functions take over from a Spark job, or a job from them.

Both read the same streams and write the same rows, and every write is idempotent: what takes over
begins a little before the oldest record that isn't stored yet, and what is read twice changes
nothing. Nothing is lost as long as the streams still hold that record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.model.instant import HOUR_MS, MINUTE_MS, to_text
from chalicelib.model.shard_checkpoint import ShardCheckpoint
from ops.deploy.draining import has_records_after
from ops.deploy.event_sources import max_age_s
from ops.kit.errors import OperationFailed
from ops.stage.names import OWN_STREAMS
from ops.stage.target import Target

# Streams order records by arrival, but clocks differ.
MARGIN_MS = 5 * MINUTE_MS
LIST = "list_checkpoints"
FUNCTIONS = tuple(f"attribute_{stream}" for stream in OWN_STREAMS)


@dataclass(frozen=True, slots=True)
class Changeover:
    """`is_rebuilt` accepts that records have left the streams: the raw archive still has them."""

    target: Target
    now_ms: int
    is_rebuilt: bool = False

    def position_ms(self) -> int | None:
        """Return from when the streams must be read again; None is from their oldest record.

        Raises:
            OperationFailed: they may not hold all of it any more.
        """
        checkpoints = {one.shard: one for one in self._checkpoints()}
        waiting = list(self._waiting(checkpoints)) if checkpoints else [None]
        if None in waiting:
            return None
        known = [one.arrived_ms for one in waiting if one is not None]
        oldest_ms = min(known, default=self.now_ms) - MARGIN_MS
        if oldest_ms >= self.now_ms - self._kept_ms():
            return oldest_ms
        if not self.is_rebuilt:
            self._refuse(oldest_ms)
        return None

    def _checkpoints(self) -> list[ShardCheckpoint]:
        """None of a stage whose functions can't list them yet, or that attributed nothing yet."""
        client = self.target.session.client("lambda")
        try:
            answer = client.invoke(FunctionName=self.target.names.function(LIST), Payload=b"{}")
        except client.exceptions.ResourceNotFoundException:
            return []
        found: Mapping[str, Any] = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise OperationFailed(
                f"The checkpoints of attribution could not be read: {found.get('errorMessage')}",
                "Without them nobody knows what is stored already. If the database is away for"
                " good, see docs/recovery.md.",
            )
        return [ShardCheckpoint.from_json(one) for one in found["checkpoints"]]

    def _waiting(
        self, checkpoints: Mapping[str, ShardCheckpoint]
    ) -> Iterator[ShardCheckpoint | None]:
        """The checkpoints of shards that hold more; None for one that was never read."""
        kinesis = self.target.session.client("kinesis")
        for name in map(self.target.names.stream, OWN_STREAMS):
            for page in kinesis.get_paginator("list_shards").paginate(StreamName=name):
                for shard in (one["ShardId"] for one in page["Shards"]):
                    checkpoint = checkpoints.get(f"{name}-{shard}")
                    read = checkpoint.sequence if checkpoint else None
                    if has_records_after(kinesis, name, shard, read):
                        yield checkpoint

    def _kept_ms(self) -> int:
        """An hour less than the streams keep records, which the deployment itself may take."""
        return min(max_age_s(self.target, stream) for stream in OWN_STREAMS) * 1000

    def _refuse(self, oldest_ms: int) -> None:
        first, end = _hour(oldest_ms), _hour(self.now_ms + HOUR_MS)
        stage = self.target.names.stage
        raise OperationFailed(
            f"Attribution has stored records up to {to_text(oldest_ms)}, and the streams may have"
            " lost some since: they keep them for less than that.",
            "The raw archive has them all. Rebuild the hours with"
            f" `python -m ops rebuild --attribution --from {first} --to {end} --stage {stage}`,"
            " and deploy with --rebuilt.",
        )


def functions_attribute(target: Target) -> bool:
    """Whether the functions that attribute are deployed."""
    client = target.session.client("lambda")
    try:
        client.get_function_configuration(FunctionName=target.names.function(FUNCTIONS[0]))
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def _hour(epoch_ms: int) -> str:
    return to_text(epoch_ms)[:13]
