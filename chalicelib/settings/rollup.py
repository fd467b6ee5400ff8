"""Settings of the rollup."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class RollupSettings(EnvironmentSettings):
    metrics_table: str
    aggregates_table: str
    # These contain account and region, which are unknown when packaging.
    lake_bucket: str = ""
    rollup_state_machine: str = ""
