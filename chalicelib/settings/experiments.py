"""Settings of experiments' definitions."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class ExperimentSettings(EnvironmentSettings):
    experiments_table: str
