"""Settings of the read side."""

from __future__ import annotations

from chalicelib.settings.streams import StreamSettings


class QuerySettings(StreamSettings):
    raw_queue: str
    metrics_table: str
    batches_table: str
    aggregates_table: str
    anomalies_table: str
    experiments_table: str
    # Bucket names carry account and region, which a packaging machine doesn't know.
    raw_bucket: str = ""

    # The function that reads attribution's database, where there is one.
    attribution: bool = False
    report_function: str = ""

    # What one request may read: a month of twenty types is half of it.
    query_max_items: int = 30_000
    # Of ingest, whose routes are described too.
    max_batch_events: int = 500
