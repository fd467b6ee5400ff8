"""Settings of the rollup."""

from __future__ import annotations

from pydantic import Field

from chalicelib.settings.environment import EnvironmentSettings


class RollupSettings(EnvironmentSettings):
    metrics_table: str
    aggregates_table: str
    experiments_table: str
    # These contain account and region, which are unknown when packaging.
    lake_bucket: str = ""
    rollup_state_machine: str = ""

    # A claim holds each type's name and figures, at most 115 bytes a type. Judging reads the
    # claims of eight weeks, and would run out of memory before one of them is a full item.
    rollup_max_types: int = Field(default=500, ge=1, le=1_000)
    rollup_settle_s: float = Field(default=30.0, ge=0, le=60)
