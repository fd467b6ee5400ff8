"""Settings of process."""

from __future__ import annotations

from pydantic import Field

from chalicelib.settings.environment import EnvironmentSettings


class ProcessSettings(EnvironmentSettings):
    metrics_table: str
    batches_table: str
    experiments_table: str
    # Bucket names contain account and region, which are unknown when packaging.
    raw_bucket: str = ""

    max_object_bytes: int = 5_000_000
    max_object_records: int = 10_000
    commit_reserve_s: float = 20.0
    # A change takes effect two minutes later; what is left of them is for clocks that differ.
    experiments_fresh_s: float = Field(default=60.0, ge=0, le=90)
