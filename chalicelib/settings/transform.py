"""Settings of transform."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings, Pair, Triple


class TransformSettings(EnvironmentSettings):
    metrics_table: str
    batches_table: str
    aggregates_table: str
    # Bucket names contain account and region, which are unknown when packaging.
    raw_bucket: str = ""
    lake_bucket: str = ""

    # Upper bounds of all classes except the last.
    amount_bounds: Triple = (10, 100, 1_000)
    session_bounds_s: Pair = (60, 600)
    metric_bounds: Triple = (0, 10, 100)
