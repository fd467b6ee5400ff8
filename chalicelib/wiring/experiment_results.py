"""Results of experiments, wired to the tables and the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.aws.experiment_results import DynamoExperimentResults
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.aws.objects import S3Objects
from chalicelib.aws.partial_names import DynamoPartialNames
from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.compute_results import ComputeResults
from chalicelib.experiments.read_partials import ReadPartials
from chalicelib.settings.experiment_results import ExperimentResultsSettings
from chalicelib.wiring.world import ahead, now_ms


@dataclass(frozen=True)
class ExperimentResultsWing:
    settings: ExperimentResultsSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(ExperimentResultsSettings.from_env(env))

    @cached_property
    def compute_results(self) -> ComputeResults:
        settings = self.settings
        names = DynamoPartialNames.open(settings.aggregates_table)
        return ComputeResults(
            definitions=DynamoExperiments.open(settings.experiments_table),
            names=names,
            read_partials=ReadPartials(names, S3Objects.open(settings.lake_bucket), ahead),
            results=DynamoExperimentResults.open(settings.experiments_table),
            analyze=analyze,
            clock=now_ms,
        )
