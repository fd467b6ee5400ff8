"""The pipeline of a container: one lazy property a wing, imported with its libraries on first use.

So a function never loads the libraries or reads the settings of another wing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.dashboard import ServeDashboard
    from chalicelib.wiring.access import AccessWing
    from chalicelib.wiring.anomalies import AnomaliesWing
    from chalicelib.wiring.attribution import AttributionWing
    from chalicelib.wiring.attribution_job import AttributionJobWing
    from chalicelib.wiring.experiment_results import ExperimentResultsWing
    from chalicelib.wiring.experiments import ExperimentsWing
    from chalicelib.wiring.ingest import IngestWing
    from chalicelib.wiring.process import ProcessWing
    from chalicelib.wiring.query import QueryWing
    from chalicelib.wiring.rollup import RollupWing
    from chalicelib.wiring.traffic import TrafficWing
    from chalicelib.wiring.transform import TransformWing
    from chalicelib.wiring.upkeep import UpkeepWing


@dataclass(frozen=True)
class Pipeline:
    """Every wing reads its settings from `env`, or else from the process's own environment."""

    env: Mapping[str, str] | None = None

    @cached_property
    def access(self) -> AccessWing:
        from chalicelib.wiring.access import AccessWing

        return AccessWing.from_env(self.env)

    @cached_property
    def ingest(self) -> IngestWing:
        from chalicelib.wiring.ingest import IngestWing

        return IngestWing.from_env(self.env)

    @cached_property
    def process(self) -> ProcessWing:
        from chalicelib.wiring.process import ProcessWing

        return ProcessWing.from_env(self.env)

    @cached_property
    def transform(self) -> TransformWing:
        from chalicelib.wiring.transform import TransformWing

        return TransformWing.from_env(self.env)

    @cached_property
    def rollup(self) -> RollupWing:
        from chalicelib.wiring.rollup import RollupWing

        return RollupWing.from_env(self.env)

    @cached_property
    def upkeep(self) -> UpkeepWing:
        from chalicelib.wiring.upkeep import UpkeepWing

        return UpkeepWing.from_env(self.env)

    @cached_property
    def anomalies(self) -> AnomaliesWing:
        from chalicelib.wiring.anomalies import AnomaliesWing

        return AnomaliesWing.from_env(self.env)

    @cached_property
    def attribution(self) -> AttributionWing:
        from chalicelib.wiring.attribution import AttributionWing

        return AttributionWing.from_env(self.env)

    @cached_property
    def attribution_job(self) -> AttributionJobWing:
        from chalicelib.wiring.attribution_job import AttributionJobWing

        return AttributionJobWing.from_env(self.env)

    @cached_property
    def traffic(self) -> TrafficWing:
        from chalicelib.wiring.traffic import TrafficWing

        return TrafficWing.from_env(self.env)

    @cached_property
    def experiments(self) -> ExperimentsWing:
        from chalicelib.wiring.experiments import ExperimentsWing

        return ExperimentsWing.from_env(self.env)

    @cached_property
    def experiment_results(self) -> ExperimentResultsWing:
        from chalicelib.wiring.experiment_results import ExperimentResultsWing

        return ExperimentResultsWing.from_env(self.env)

    @cached_property
    def query(self) -> QueryWing:
        from chalicelib.wiring.query import QueryWing

        return QueryWing.from_env(self.env)

    @cached_property
    def dashboard(self) -> ServeDashboard:
        from chalicelib.dashboard import ServeDashboard
        from chalicelib.dashboard.assets import Assets

        return ServeDashboard(Assets.read())


_in_use: ContextVar[Pipeline | None] = ContextVar("pipeline", default=None)


def pipeline() -> Pipeline:
    """Return the pipeline of this Lambda container, or its replacement in tests."""
    return _in_use.get() or _of_container()


@cache
def _of_container() -> Pipeline:
    return Pipeline()


@contextmanager
def using(replacement: Pipeline) -> Iterator[None]:
    """Let every trigger use another pipeline, such as one whose adapters are fakes."""
    token = _in_use.set(replacement)
    try:
        yield
    finally:
        _in_use.reset(token)
