"""The streams, bypassing the API: its ingest stage, run in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from botocore.config import Config

from chalicelib.aws.streams import KinesisStreamWriter
from chalicelib.delivery.ports import StreamWriter
from chalicelib.ingest import IngestBatch
from chalicelib.model.stored import StreamRecord
from chalicelib.settings.ingest import IngestSettings
from chalicelib.wiring.ingest import IngestWing
from ops.local.cloud import Cloud
from ops.traffic.sending.reply import Reply


@dataclass(frozen=True, slots=True)
class TimedStreams:
    """Calls `observe` with the seconds that each PutRecords took."""

    streams: StreamWriter
    observe: Callable[[float], None]

    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        began = time.perf_counter()
        try:
            return self.streams.put(stream, records)
        finally:
            self.observe(time.perf_counter() - began)


@dataclass(frozen=True)
class _IngestInto(IngestWing):
    """Ingest as deployed, with another writer."""

    writer: StreamWriter

    @cached_property
    def stream_writer(self) -> StreamWriter:
        return self.writer


@dataclass(frozen=True, slots=True)
class StreamExchange:
    ingest: IngestBatch

    @classmethod
    def open(
        cls, cloud: Cloud, connections: int, observe: Callable[[float], None]
    ) -> StreamExchange:
        """Use the settings of the deployed API, so that both ways write the same records."""
        found = cloud.client("lambda").get_function_configuration(
            FunctionName=cloud.names.api_function
        )
        settings = IngestSettings.from_env(found["Environment"]["Variables"])
        # The stage retries: botocore would put a call again whole.
        config = Config(
            proxies={},
            retries={"mode": "standard", "total_max_attempts": 1},
            read_timeout=settings.put_call_limit_s,
            max_pool_connections=connections,
        )
        writer = KinesisStreamWriter(cloud.session.client("kinesis", config=config))
        return cls(_IngestInto(settings, TimedStreams(writer, observe)).ingest_batch)

    def __call__(self, body: bytes) -> Reply:
        answer = self.ingest({"body": body})
        attempts = int(str(answer.line.get("attempts", 0)))
        retry_after = answer.headers.get("Retry-After")
        return Reply(answer.status, answer.body, retry_after, retries=max(0, attempts - 1))
