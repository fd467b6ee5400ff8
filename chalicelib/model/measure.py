"""What the pipeline measures of its work: the names that code, alarms and dashboards share."""

from __future__ import annotations

from enum import StrEnum

NAMESPACE = "EventStream"


class Measure(StrEnum):
    """CloudWatch's names; each with the dimensions `stage` and `function`."""

    # In any function: an invocation or a request that ended in an unexpected error.
    FAILURES = "Failures"

    # A request that is refused as a whole counts as one event.
    EVENTS_ACCEPTED = "EventsAccepted"
    EVENTS_REFUSED = "EventsRefused"
    EVENTS_REPEATED = "EventsRepeated"
    EVENTS_UNSTORED = "EventsUnstored"
    REQUEST_BYTES = "RequestBytes"

    # Records are retried after a failure, so more may be processed than are kept.
    RECORDS_PROCESSED = "RecordsProcessed"
    RECORDS_ARCHIVED = "RecordsArchived"
    RECORDS_QUARANTINED = "RecordsQuarantined"
    # At or below the checkpoint; dropped are those that arrived after it was committed.
    RECORDS_SKIPPED = "RecordsSkipped"
    RECORDS_DROPPED = "RecordsDropped"
    CHUNK_RETRIES = "ChunkRetries"
    # Archived without their variants, since the experiments could not be looked up.
    EVENTS_UNENRICHED = "EventsUnenriched"
    BATCH_DURATION = "BatchDuration"

    OBJECTS_TRANSFORMED = "ObjectsTransformed"
    ROWS_WRITTEN = "RowsWritten"
    MESSAGES_FAILED = "MessagesFailed"

    CHECKOUTS_ATTRIBUTED = "CheckoutsAttributed"
    # Attributed before, and changed by a late, repeated or corrected event.
    CHECKOUTS_RESTATED = "CheckoutsRestated"
    # From a record's arrival in its stream to its commit.
    ATTRIBUTION_LAG = "AttributionLag"

    HOURS_LEFT = "HoursLeft"
    HOURS_ROLLED_UP = "HoursRolledUp"
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
    Measure.REQUEST_BYTES: "Bytes",
    Measure.BATCH_DURATION: "Milliseconds",
    Measure.ATTRIBUTION_LAG: "Milliseconds",
}
