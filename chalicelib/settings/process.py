"""Settings of process."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class ProcessSettings(EnvironmentSettings):
    metrics_table: str
    batches_table: str
    # Bucket names contain account and region, which are unknown when packaging.
    raw_bucket: str = ""

    max_object_bytes: int = 5_000_000
    max_object_records: int = 10_000
    commit_reserve_s: float = 20.0
