"""What the read side reads from, with one client and one meter for all routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.aws.anomaly_reader import DynamoAnomalyReader
from chalicelib.aws.attribution_reports import LambdaGroupedCredits
from chalicelib.aws.experiment_result_reader import DynamoExperimentResultReader
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.aws.hourly_rollups import DynamoHourlyRollups
from chalicelib.aws.ledger_reader import DynamoLedgerReader
from chalicelib.aws.live_count_reader import DynamoLiveCountReader
from chalicelib.aws.quarantine_reader import S3QuarantineReader
from chalicelib.aws.queues import SqsQueues
from chalicelib.aws.reads import ReadMeter, Table, open_dynamodb
from chalicelib.aws.run_reader import DynamoRunReader
from chalicelib.aws.shards import KinesisShardLister
from chalicelib.aws.variant_counts import DynamoVariantCounts
from chalicelib.query.read_attribution import NoGroupedCredits
from chalicelib.settings.query import QuerySettings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# Half of the connections that a client keeps.
PARALLEL_READS = 8


@dataclass(frozen=True)
class QuerySources:
    settings: QuerySettings

    @cached_property
    def meter(self) -> ReadMeter:
        return ReadMeter(most=self.settings.query_max_items)

    @cached_property
    def rollups(self) -> DynamoHourlyRollups:
        return DynamoHourlyRollups(self._table(self.settings.aggregates_table))

    @cached_property
    def counters(self) -> DynamoLiveCountReader:
        return DynamoLiveCountReader(self._table(self.settings.metrics_table))

    @cached_property
    def anomalies(self) -> DynamoAnomalyReader:
        return DynamoAnomalyReader(self._table(self.settings.anomalies_table))

    @cached_property
    def runs(self) -> DynamoRunReader:
        return DynamoRunReader(self._table(self.settings.aggregates_table))

    @cached_property
    def ledger(self) -> DynamoLedgerReader:
        return DynamoLedgerReader(self._table(self.settings.batches_table))

    @cached_property
    def credits(self) -> LambdaGroupedCredits | NoGroupedCredits:
        if not self.settings.attribution:
            return NoGroupedCredits()
        return LambdaGroupedCredits.open(self.settings.report_function)

    @cached_property
    def experiments(self) -> DynamoExperiments:
        return DynamoExperiments.open(self.settings.experiments_table)

    @cached_property
    def experiment_results(self) -> DynamoExperimentResultReader:
        return DynamoExperimentResultReader(self._table(self.settings.experiments_table))

    @cached_property
    def variant_counts(self) -> DynamoVariantCounts:
        return DynamoVariantCounts(self._table(self.settings.metrics_table))

    @cached_property
    def quarantine(self) -> S3QuarantineReader:
        return S3QuarantineReader.open(self.settings.raw_bucket, self.meter)

    @cached_property
    def shards(self) -> KinesisShardLister:
        return KinesisShardLister.open(self.meter)

    @cached_property
    def queues(self) -> SqsQueues:
        return SqsQueues.open(self.meter)

    def each[T, R](self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Begin all the work and yield its results in order; once closed, none still runs."""
        begun = [self._readers.submit(work, item) for item in items]
        try:
            for one in begun:
                yield one.result()
        finally:
            for one in begun:
                one.cancel()
            # What still reads would be counted for the next request.
            wait(begun)

    def start[T](self, work: Callable[[], T], /) -> Callable[[], T]:
        return self._readers.submit(work).result

    def _table(self, name: str) -> Table:
        return Table(self._dynamodb, name, self.meter)

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        return open_dynamodb()

    @cached_property
    def _readers(self) -> Executor:
        return ThreadPoolExecutor(PARALLEL_READS)
