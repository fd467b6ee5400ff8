"""Settings of process."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class ProcessSettings(EnvironmentSettings):
    metrics_table: str
    batches_table: str
    # Bucket names carry account and region, which a packaging machine doesn't know.
    raw_bucket: str = ""

    max_object_bytes: int = 5_000_000
    max_object_records: int = 10_000
    commit_reserve_s: float = 20.0
