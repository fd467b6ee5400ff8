"""Settings of computing the results of experiments."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class ExperimentResultsSettings(EnvironmentSettings):
    aggregates_table: str
    experiments_table: str
    # It contains account and region, which are unknown when packaging.
    lake_bucket: str = ""
