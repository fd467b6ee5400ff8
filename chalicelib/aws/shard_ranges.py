"""What the shards of a stream take, by Kinesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws import calls
from chalicelib.aws.session import session
from chalicelib.model.shard_range import ShardRange

if TYPE_CHECKING:
    from mypy_boto3_kinesis.client import KinesisClient
    from mypy_boto3_kinesis.type_defs import ShardTypeDef


@dataclass(frozen=True, slots=True)
class KinesisShardRanges:
    """Shards that were closed are among them until the last of their records expires."""

    client: KinesisClient

    @classmethod
    def open(cls, region: str) -> KinesisShardRanges:
        return cls(session().client("kinesis", region_name=region, config=calls.CONFIG))

    def of(self, stream: str) -> Sequence[ShardRange]:
        """Read them.

        Raises:
            StoreUnavailable: Kinesis can't be asked now.
        """
        return [_range(shard) for shard in self._shards(stream)]

    def _shards(self, stream: str) -> Iterator[ShardTypeDef]:
        request: dict[str, Any] = {"StreamName": stream}
        while request:
            with calls.translated():
                page = self.client.list_shards(**request)
            yield from page["Shards"]
            request = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}


def _range(shard: ShardTypeDef) -> ShardRange:
    return ShardRange(
        shard["ShardId"],
        int(shard["HashKeyRange"]["StartingHashKey"]),
        int(shard["HashKeyRange"]["EndingHashKey"]),
        int(shard["SequenceNumberRange"]["StartingSequenceNumber"]),
    )
