"""What the pipeline measures of its work: the names that code, alarms and dashboards share."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

NAMESPACE = "EventStream"


class Measure(StrEnum):
    """CloudWatch's names; each with the dimensions `stage` and `function`.

    Each costs 30 cents a month and function while it has values, so what AWS measures by itself is
    not here: invocations, their durations, bytes and messages.
    """

    # In any function: an invocation or a request that ended in an unexpected error.
    FAILURES = "Failures"

    # A request that is refused as a whole counts as one event.
    EVENTS_ACCEPTED = "EventsAccepted"
    EVENTS_REFUSED = "EventsRefused"
    EVENTS_REPEATED = "EventsRepeated"
    EVENTS_UNSTORED = "EventsUnstored"

    RECORDS_ARCHIVED = "RecordsArchived"
    RECORDS_QUARANTINED = "RecordsQuarantined"
    # At or below the checkpoint; dropped are those that arrived after it was committed.
    RECORDS_SKIPPED = "RecordsSkipped"
    RECORDS_DROPPED = "RecordsDropped"
    CHUNK_RETRIES = "ChunkRetries"
    # Archived without their variants, since the experiments could not be looked up.
    EVENTS_UNENRICHED = "EventsUnenriched"

    ROWS_WRITTEN = "RowsWritten"
    MESSAGES_FAILED = "MessagesFailed"

    # Of attribution. Records are retried after a failure, so some are processed twice.
    RECORDS_PROCESSED = "RecordsProcessed"
    CHECKOUTS_ATTRIBUTED = "CheckoutsAttributed"
    # Attributed before, and changed by a late, repeated or corrected event.
    CHECKOUTS_RESTATED = "CheckoutsRestated"
    # From a record's arrival in its stream to its commit.
    ATTRIBUTION_LAG = "AttributionLag"

    # Of the Spark job that attributes instead of the functions, as its watcher sees it.
    JOB_RUNNING = "JobRunning"
    JOB_OVERDUE = "JobOverdue"
    JOB_RUNS_FAILED = "JobRunsFailed"
    JOB_EXECUTION_TIME = "JobExecutionTime"

    HOURS_LEFT = "HoursLeft"
    EVENT_TYPES = "EventTypes"
    MISSING_RECORDS = "MissingRecords"
    ANOMALIES_FOUND = "AnomaliesFound"
    ALERTS_SENT = "AlertsSent"
    RESULTS_COMPUTED = "ResultsComputed"
    RESULTS_FAILED = "ResultsFailed"
    HOURS_FAILED = "HoursFailed"
    HOURS_UNSEALED = "HoursUnsealed"
    JUDGEMENT_FAILURES = "JudgementFailures"

    @property
    def unit(self) -> str:
        return _UNITS.get(self, "Count")


_UNITS = {
    Measure.ATTRIBUTION_LAG: "Milliseconds",
    Measure.JOB_EXECUTION_TIME: "Seconds",
}

# Those with values in normal operation, by function, which are paid for all the time; the others
# have values only when something goes wrong, or now and then.
STEADY: Mapping[str, frozenset[Measure]] = {
    "api_handler": frozenset({Measure.EVENTS_ACCEPTED}),
    "process_events": frozenset({Measure.RECORDS_ARCHIVED}),
    "process_clicks": frozenset({Measure.RECORDS_ARCHIVED}),
    "process_checkouts": frozenset({Measure.RECORDS_ARCHIVED}),
    "transform_raw": frozenset({Measure.ROWS_WRITTEN}),
    "roll_up_hour": frozenset({Measure.EVENT_TYPES}),
    "compute_results": frozenset({Measure.RESULTS_COMPUTED}),
    "watch_attribution_job": frozenset({Measure.JOB_RUNNING, Measure.JOB_EXECUTION_TIME}),
    "attribute_clicks": frozenset({Measure.RECORDS_PROCESSED, Measure.ATTRIBUTION_LAG}),
    "attribute_checkouts": frozenset(
        {Measure.RECORDS_PROCESSED, Measure.ATTRIBUTION_LAG, Measure.CHECKOUTS_ATTRIBUTED}
    ),
}
