"""Composition root: the only place where stages meet adapters, built on first use."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from chalicelib.ingest import Deliver, IngestBatch, IngestEvent, Intake
    from chalicelib.ports import StreamWriter
    from chalicelib.process import ProcessBatch
    from chalicelib.rollup import (
        DetermineHours,
        JudgeHours,
        PublishAlerts,
        RecordRun,
        StartHourlyRollup,
    )
    from chalicelib.rollup.roll_up_hour import RollUpHour
    from chalicelib.transform import TransformRaw

# Enough to hide the calls to AWS behind each other; what they hold at once stays below 500 MB.
PARALLEL_OBJECTS = 4


@dataclass(frozen=True)
class Pipeline:
    """One field a trigger, each built with its libraries when that trigger first fires."""

    settings: Settings

    @cached_property
    def ingest_event(self) -> IngestEvent:
        from chalicelib.ingest import IngestEvent

        return IngestEvent(
            intake=self._intake,
            deliver=self._deliver,
            clock=now_ms,
            max_body_bytes=self.settings.max_body_bytes,
        )

    @cached_property
    def ingest_batch(self) -> IngestBatch:
        from chalicelib.ingest import IngestBatch

        return IngestBatch(
            intake=self._intake,
            deliver=self._deliver,
            clock=now_ms,
            max_body_bytes=self.settings.max_body_bytes,
            max_events=self.settings.max_batch_events,
        )

    def warm_up_ingest(self) -> None:
        """Build now what the first request would have to wait for."""
        _ = self.ingest_event, self.ingest_batch

    @cached_property
    def _intake(self) -> Intake:
        from chalicelib.ingest import Intake
        from chalicelib.model.identifier import RANDOM_BITS

        settings = self.settings
        return Intake(
            default_stream=settings.events_stream,
            streams_by_type={
                "click": settings.clicks_stream,
                "checkout": settings.checkouts_stream,
            },
            max_ahead_ms=settings.max_timestamp_ahead_s * 1000,
            max_age_ms=settings.max_timestamp_age_s * 1000,
            # The system's: copies of a frozen container would share a generator's state.
            entropy=partial(random.SystemRandom().getrandbits, RANDOM_BITS),
        )

    @cached_property
    def _deliver(self) -> Deliver:
        from chalicelib.ingest import Deliver

        return Deliver(
            streams=self.stream_writer,
            timer=time.monotonic,
            sleep=time.sleep,
            jitter=random.random,
            budget_s=self.settings.put_budget_s,
            call_limit_s=self.settings.put_call_limit_s,
        )

    @cached_property
    def stream_writer(self) -> StreamWriter:
        from chalicelib.aws.streams import KinesisStreamWriter

        return KinesisStreamWriter.open(self.settings.put_call_limit_s)

    @cached_property
    def process_batch(self) -> ProcessBatch:
        from chalicelib.aws.ledger import DynamoBatchLedger
        from chalicelib.aws.objects import S3Objects
        from chalicelib.process import Limits, ProcessBatch

        settings = self.settings
        return ProcessBatch(
            archive=S3Objects.open(settings.raw_bucket),
            ledger=DynamoBatchLedger.open(settings.batches_table, settings.metrics_table),
            clock=now_ms,
            sleep=time.sleep,
            jitter=random.random,
            limits=Limits(
                max_bytes=settings.max_object_bytes, max_records=settings.max_object_records
            ),
            reserve_ms=round(settings.commit_reserve_s * 1000),
        )

    @cached_property
    def transform_raw(self) -> TransformRaw:
        from chalicelib.aws.hour_marks import DynamoHourMarks
        from chalicelib.aws.ledger import DynamoBatchLedger
        from chalicelib.aws.objects import S3Objects
        from chalicelib.transform import Enrichment, TransformRaw

        settings = self.settings
        return TransformRaw(
            raw=S3Objects.open(settings.raw_bucket),
            lake=S3Objects.open(settings.lake_bucket),
            marker=DynamoHourMarks.open(settings.aggregates_table),
            ledger=DynamoBatchLedger.open(settings.batches_table, settings.metrics_table),
            clock=now_ms,
            enrichment=Enrichment(
                amount_bounds=settings.amount_bounds,
                session_bounds_s=settings.session_bounds_s,
                metric_bounds=settings.metric_bounds,
            ),
            each=in_parallel,
        )

    @cached_property
    def start_hourly_rollup(self) -> StartHourlyRollup:
        from chalicelib.aws.executions import StepFunctionsExecutions
        from chalicelib.rollup import StartHourlyRollup

        return StartHourlyRollup(StepFunctionsExecutions.open(self.settings.rollup_state_machine))

    @cached_property
    def determine_hours(self) -> DetermineHours:
        from chalicelib.aws.hour_marks import DynamoHourMarks
        from chalicelib.rollup import DetermineHours

        return DetermineHours(DynamoHourMarks.open(self.settings.aggregates_table))

    @cached_property
    def roll_up_hour(self) -> RollUpHour:
        from chalicelib.aws.aggregates import DynamoAggregates
        from chalicelib.aws.hour_marks import DynamoHourMarks
        from chalicelib.aws.live_counts import DynamoLiveCounts
        from chalicelib.aws.objects import S3Objects
        from chalicelib.rollup.roll_up_hour import RollUpHour

        settings = self.settings
        lake = S3Objects.open(settings.lake_bucket)
        return RollUpHour(
            marks=DynamoHourMarks.open(settings.aggregates_table),
            files=lake,
            objects=lake,
            live=DynamoLiveCounts.open(settings.metrics_table),
            aggregates=DynamoAggregates.open(settings.aggregates_table),
            clock=now_ms,
            read_each=in_parallel,
        )

    @cached_property
    def judge_hours(self) -> JudgeHours:
        from chalicelib.aws.aggregates import DynamoAggregates
        from chalicelib.aws.anomalies import DynamoAnomalies
        from chalicelib.aws.hour_marks import DynamoHourMarks
        from chalicelib.rollup import JudgeHours, Rules

        settings = self.settings
        return JudgeHours(
            marks=DynamoHourMarks.open(settings.aggregates_table),
            figures=DynamoAggregates.open(settings.aggregates_table),
            anomalies=DynamoAnomalies.open(settings.anomalies_table),
            clock=now_ms,
            rules=Rules(
                settings.anomaly_threshold, settings.anomaly_thresholds, settings.anomaly_mutes
            ),
        )

    @cached_property
    def publish_alerts(self) -> PublishAlerts:
        from chalicelib.aws.alerts import SnsAlerts
        from chalicelib.aws.anomalies import DynamoAnomalies
        from chalicelib.rollup import Place, PublishAlerts

        settings = self.settings
        return PublishAlerts(
            anomalies=DynamoAnomalies.open(settings.anomalies_table),
            publisher=SnsAlerts.open(settings.alerts_topic),
            clock=now_ms,
            place=Place(settings.stage, settings.aggregates_table, settings.anomalies_table),
        )

    @cached_property
    def record_run(self) -> RecordRun:
        from chalicelib.aws.runs import DynamoRuns
        from chalicelib.rollup import RecordRun

        return RecordRun(DynamoRuns.open(self.settings.aggregates_table), now_ms)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def in_parallel[T, R](work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do as `map` does, with most of the calls to AWS waited for at once."""
    return list(_workers().map(work, items))


# Kept, since new threads would ask the system for all their memory anew.
@cache
def _workers() -> Executor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(PARALLEL_OBJECTS)


_in_use: ContextVar[Pipeline | None] = ContextVar("pipeline", default=None)


def pipeline() -> Pipeline:
    """Return the pipeline of this Lambda container, or the one put in its place."""
    return _in_use.get() or _of_container()


@cache
def _of_container() -> Pipeline:
    return Pipeline(Settings.from_env())


@contextmanager
def using(replacement: Pipeline) -> Iterator[None]:
    """Let every trigger work on another pipeline, as one whose adapters are fakes."""
    token = _in_use.set(replacement)
    try:
        yield
    finally:
        _in_use.reset(token)
