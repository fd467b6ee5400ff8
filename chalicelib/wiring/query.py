"""The read side, wired to the tables, the quarantine, the queues and the streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from chalicelib.aws.anomaly_reader import DynamoAnomalyReader
from chalicelib.aws.hourly_rollups import DynamoHourlyRollups
from chalicelib.aws.ledger_reader import DynamoLedgerReader
from chalicelib.aws.live_count_reader import DynamoLiveCountReader
from chalicelib.aws.quarantine_reader import S3QuarantineReader
from chalicelib.aws.queues import SqsQueues
from chalicelib.aws.reads import ReadMeter, Table, open_dynamodb
from chalicelib.aws.run_reader import DynamoRunReader
from chalicelib.aws.shards import KinesisShardLister
from chalicelib.query import routes
from chalicelib.query.asked import Asked
from chalicelib.query.check_freshness import CheckFreshness
from chalicelib.query.describe_api import DescribeApi
from chalicelib.query.found import Found
from chalicelib.query.list_anomalies import ListAnomalies
from chalicelib.query.list_batches import ListBatches
from chalicelib.query.list_event_types import ListEventTypes
from chalicelib.query.list_runs import ListRuns
from chalicelib.query.read_live_metrics import ReadLiveMetrics
from chalicelib.query.read_metrics import ReadMetrics
from chalicelib.query.read_quarantine import ReadQuarantine
from chalicelib.query.route import Route
from chalicelib.query.serve import Serve
from chalicelib.settings.query import QuerySettings
from chalicelib.wiring.world import now_ms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# Half of the connections that a client keeps.
PARALLEL_READS = 8


@dataclass(frozen=True)
class QueryWing:
    """A property a route, named as in the table of routes."""

    settings: QuerySettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(QuerySettings.from_env(env))

    @cached_property
    def live_metrics(self) -> Serve:
        read = ReadLiveMetrics(counters=self._counters, each=self._each)
        return self._serve(routes.LIVE_METRICS, read)

    @cached_property
    def metrics(self) -> Serve:
        read = ReadMetrics(
            rollups=self._rollups,
            hours=self._rollups,
            max_items=self.settings.query_max_items,
            each=self._each,
        )
        return self._serve(routes.METRICS, read)

    @cached_property
    def event_types(self) -> Serve:
        return self._serve(routes.EVENT_TYPE_LIST, ListEventTypes(self._rollups))

    @cached_property
    def anomalies(self) -> Serve:
        return self._serve(routes.ANOMALIES, ListAnomalies(self._anomalies))

    @cached_property
    def runs(self) -> Serve:
        return self._serve(routes.RUNS, ListRuns(self._runs))

    @cached_property
    def batches(self) -> Serve:
        return self._serve(routes.BATCHES, ListBatches(self._ledger))

    @cached_property
    def quarantine(self) -> Serve:
        read = ReadQuarantine(
            counts=self._counters,
            records=S3QuarantineReader.open(self.settings.raw_bucket, self._meter),
            each=self._each,
        )
        return self._serve(routes.QUARANTINE, read)

    @cached_property
    def freshness(self) -> Serve:
        settings = self.settings
        streams = settings.events_stream, settings.clicks_stream, settings.checkouts_stream
        read = CheckFreshness(
            marks=self._rollups,
            judged=self._anomalies,
            runs=self._runs,
            ledger=self._ledger,
            shards=KinesisShardLister.open(streams, self._meter),
            queues=SqsQueues.open(self._meter),
            raw_queue=settings.raw_queue,
            dead_letters=f"{settings.raw_queue}-dlq",
            each=self._each,
        )
        return self._serve(routes.FRESHNESS, read)

    @cached_property
    def openapi(self) -> Serve:
        read = DescribeApi(routes.ROUTES, self.settings.max_batch_events)
        return self._serve(routes.OPENAPI, read)

    def _serve(self, route: Route, read: Callable[[Asked], Found]) -> Serve:
        return Serve(route=route, read=read, clock=now_ms, meter=self._meter)

    @cached_property
    def _meter(self) -> ReadMeter:
        return ReadMeter(most=self.settings.query_max_items)

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        return open_dynamodb()

    def _table(self, name: str) -> Table:
        return Table(self._dynamodb, name, self._meter)

    @cached_property
    def _rollups(self) -> DynamoHourlyRollups:
        return DynamoHourlyRollups(self._table(self.settings.aggregates_table))

    @cached_property
    def _counters(self) -> DynamoLiveCountReader:
        return DynamoLiveCountReader(self._table(self.settings.metrics_table))

    @cached_property
    def _anomalies(self) -> DynamoAnomalyReader:
        return DynamoAnomalyReader(self._table(self.settings.anomalies_table))

    @cached_property
    def _runs(self) -> DynamoRunReader:
        return DynamoRunReader(self._table(self.settings.aggregates_table))

    @cached_property
    def _ledger(self) -> DynamoLedgerReader:
        return DynamoLedgerReader(self._table(self.settings.batches_table))

    @cached_property
    def _readers(self) -> Executor:
        return ThreadPoolExecutor(PARALLEL_READS)

    def _each[T, R](self, work: Callable[[T], R], items: Iterable[T], /) -> list[R]:
        return list(self._readers.map(work, items))
