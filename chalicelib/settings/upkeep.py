"""Settings of upkeep."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class UpkeepSettings(EnvironmentSettings):
    aggregates_table: str
    # It contains account and region, which are unknown when packaging.
    lake_bucket: str = ""
