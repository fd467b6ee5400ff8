"""The read side: a property a route, named as in the table of routes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chalicelib.query import routes
from chalicelib.query.check_freshness import CheckFreshness
from chalicelib.query.describe_api import DescribeApi
from chalicelib.query.list_anomalies import ListAnomalies
from chalicelib.query.list_batches import ListBatches
from chalicelib.query.list_event_types import ListEventTypes
from chalicelib.query.list_runs import ListRuns
from chalicelib.query.read_attribution import ReadAttribution
from chalicelib.query.read_live_metrics import ReadLiveMetrics
from chalicelib.query.read_metrics import ReadMetrics
from chalicelib.query.read_quarantine import ReadQuarantine
from chalicelib.query.remembered_shards import RememberedShards
from chalicelib.query.serve import Serve
from chalicelib.wiring.experiment_reads import ExperimentReads


@dataclass(frozen=True)
class QueryWing(ExperimentReads):
    @cached_property
    def live_metrics(self) -> Serve:
        sources = self._sources
        read = ReadLiveMetrics(counters=sources.counters, each=sources.each)
        return self._serve(routes.LIVE_METRICS, read)

    @cached_property
    def metrics(self) -> Serve:
        sources = self._sources
        read = ReadMetrics(
            rollups=sources.rollups,
            hours=sources.rollups,
            max_items=self.settings.query_max_items,
            each=sources.each,
        )
        return self._serve(routes.METRICS, read)

    @cached_property
    def event_types(self) -> Serve:
        return self._serve(routes.EVENT_TYPE_LIST, ListEventTypes(self._sources.rollups))

    @cached_property
    def attribution(self) -> Serve:
        return self._serve(routes.ATTRIBUTION, ReadAttribution(self._sources.credits))

    @cached_property
    def anomalies(self) -> Serve:
        return self._serve(routes.ANOMALIES, ListAnomalies(self._sources.anomalies))

    @cached_property
    def runs(self) -> Serve:
        return self._serve(routes.RUNS, ListRuns(self._sources.runs))

    @cached_property
    def batches(self) -> Serve:
        return self._serve(routes.BATCHES, ListBatches(self._sources.ledger))

    @cached_property
    def quarantine(self) -> Serve:
        sources = self._sources
        read = ReadQuarantine(
            counts=sources.counters, records=sources.quarantine, each=sources.each
        )
        return self._serve(routes.QUARANTINE, read)

    @cached_property
    def freshness(self) -> Serve:
        sources = self._sources
        read = CheckFreshness(
            marks=sources.rollups,
            judged=sources.anomalies,
            runs=sources.runs,
            ledger=sources.ledger,
            checkpoints=sources.ledger,
            shards=RememberedShards(sources.shards),
            queues=sources.queues,
            streams=self.settings.streams,
            raw_queue=self.settings.raw_queue,
            dead_letters=f"{self.settings.raw_queue}-dlq",
            start=sources.start,
        )
        return self._serve(routes.FRESHNESS, read)

    @cached_property
    def openapi(self) -> Serve:
        read = DescribeApi(routes.ROUTES, self.settings.max_batch_events)
        return self._serve(routes.OPENAPI, read)
