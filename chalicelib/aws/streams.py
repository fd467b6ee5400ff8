"""The streams, on Kinesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.config import Config

from chalicelib.aws import calls
from chalicelib.aws.session import session
from chalicelib.model.stored import StreamRecord

if TYPE_CHECKING:
    from mypy_boto3_kinesis.client import KinesisClient

# The share of a call's time for connecting; the rest is for the answer.
CONNECT_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class KinesisStreamWriter:
    client: KinesisClient

    @classmethod
    def open(cls, call_limit_s: float) -> KinesisStreamWriter:
        """Connect with a client that times out after this many seconds.

        It doesn't retry: botocore would repeat a whole call, and knows no budget.
        """
        config = Config(
            connect_timeout=call_limit_s * CONNECT_SHARE,
            read_timeout=call_limit_s * (1 - CONNECT_SHARE),
            retries={"mode": "standard", "total_max_attempts": 1},
            tcp_keepalive=True,
        )
        return cls(session().client("kinesis", config=calls.CONFIG.merge(config)))

    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        with calls.translated():
            response = self.client.put_records(
                StreamName=stream,
                Records=[{"Data": body, "PartitionKey": key} for key, body in records],
            )
        if not response.get("FailedRecordCount"):
            return []
        return [place for place, entry in enumerate(response["Records"]) if entry.get("ErrorCode")]
