"""The shards of the streams, by Kinesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws import calls
from chalicelib.aws.reads import CONFIG, ReadMeter
from chalicelib.aws.session import session

if TYPE_CHECKING:
    from mypy_boto3_kinesis.client import KinesisClient


@dataclass(frozen=True, slots=True)
class KinesisShardLister:
    """Shards that were closed are among them until the last of their records expires."""

    client: KinesisClient
    meter: ReadMeter

    @classmethod
    def open(cls, meter: ReadMeter) -> KinesisShardLister:
        return cls(session().client("kinesis", config=CONFIG), meter)

    def shards(self, stream: str) -> Sequence[str]:
        return [f"{stream}-{shard}" for shard in self._of(stream)]

    def _of(self, stream: str) -> Iterator[str]:
        request: dict[str, Any] = {"StreamName": stream}
        while request:
            with calls.translated():
                page = self.client.list_shards(**request)
            self.meter.add(0)
            yield from (shard["ShardId"] for shard in page["Shards"])
            request = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
