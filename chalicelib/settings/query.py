"""Settings of the read side."""

from __future__ import annotations

from chalicelib.settings.environment import EnvironmentSettings


class QuerySettings(EnvironmentSettings):
    events_stream: str
    clicks_stream: str
    checkouts_stream: str
    raw_queue: str
    metrics_table: str
    batches_table: str
    aggregates_table: str
    anomalies_table: str
    experiments_table: str
    # Bucket names carry account and region, which a packaging machine doesn't know.
    raw_bucket: str = ""

    # What one request may read: a month of twenty types is half of it.
    query_max_items: int = 30_000
    # Of ingest, whose routes are described too.
    max_batch_events: int = 500

    @property
    def streams(self) -> tuple[str, ...]:
        return self.events_stream, self.clicks_stream, self.checkouts_stream
