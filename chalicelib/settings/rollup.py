"""Settings of the rollup."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class RollupSettings(EnvironmentSettings):
    metrics_table: str
    aggregates_table: str
    # These carry account and region, which a packaging machine doesn't know.
    lake_bucket: str = ""
    rollup_state_machine: str = ""
