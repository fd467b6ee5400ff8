"""What the triggers depend on: names, batch sizes and windows of event sources."""

from __future__ import annotations

from chalicelib.settings.streams import StreamSettings


class TriggerSettings(StreamSettings):
    stage: str
    raw_queue: str

    # What a stage may switch on; app.py registers their triggers only then.
    attribution: bool = False
    # Who attributes: functions, or a Spark job that these triggers control.
    attributes_by_function: bool = False
    attributes_by_spark: bool = False
    # Schedules such as cron(0 6 * * ? *); without one, people start and stop the job.
    attribution_job_starts: str = ""
    attribution_job_stops: str = ""
    synthetic_traffic: bool = False

    kinesis_batch_size: int = 10_000
    kinesis_batching_window_s: int = 5
    sqs_batch_size: int = 10
    # The objects of one batch of records arrive together, so that a short wait takes all of them.
    sqs_batching_window_s: int = 0
    # A new account may run ten functions at once; the API and the streams need the others.
    sqs_max_concurrency: int = 4
    # Set by the deployment where the event source reads partial failures.
    partial_batch_responses: bool = False

    cors_allow_origin: str = "*"
