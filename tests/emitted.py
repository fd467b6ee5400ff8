"""Which function emits which metrics: what the functions show, and what alarms rely on."""

from __future__ import annotations

from chalicelib.model.measure import Measure
from ops.stage.names import OWN_STREAMS, STREAM_JOB_FUNCTION, STREAMS
from tests.functions import FUNCTIONS

_OWN: dict[str, set[Measure]] = {
    "api_handler": {
        Measure.EVENTS_ACCEPTED,
        Measure.EVENTS_REFUSED,
        Measure.EVENTS_REPEATED,
        Measure.EVENTS_UNSTORED,
    },
    **{
        f"process_{stream}": {
            Measure.RECORDS_ARCHIVED,
            Measure.RECORDS_QUARANTINED,
            Measure.RECORDS_SKIPPED,
            Measure.RECORDS_DROPPED,
            Measure.CHUNK_RETRIES,
            Measure.EVENTS_UNENRICHED,
        }
        for stream in STREAMS
    },
    **{
        f"attribute_{stream}": {
            Measure.RECORDS_PROCESSED,
            Measure.RECORDS_SKIPPED,
            Measure.RECORDS_QUARANTINED,
            Measure.CHUNK_RETRIES,
            Measure.CHECKOUTS_ATTRIBUTED,
            Measure.CHECKOUTS_RESTATED,
            Measure.ATTRIBUTION_LAG,
        }
        for stream in OWN_STREAMS
    },
    "watch_attribution_job": {
        Measure.JOB_RUNNING,
        Measure.JOB_OVERDUE,
        Measure.JOB_RUNS_FAILED,
        Measure.JOB_EXECUTION_TIME,
    },
    "transform_raw": {Measure.ROWS_WRITTEN, Measure.MESSAGES_FAILED},
    "determine_hours": {Measure.HOURS_LEFT},
    "roll_up_hour": {Measure.EVENT_TYPES, Measure.MISSING_RECORDS},
    "judge_hours": {Measure.ANOMALIES_FOUND},
    "publish_alerts": {Measure.ALERTS_SENT},
    "compute_results": {Measure.RESULTS_COMPUTED, Measure.RESULTS_FAILED},
    "record_run": {Measure.HOURS_FAILED, Measure.HOURS_UNSEALED, Measure.JUDGEMENT_FAILURES},
}

# The Spark job writes lines of the same kind, under this name.
_JOB = {
    Measure.RECORDS_PROCESSED,
    Measure.RECORDS_QUARANTINED,
    Measure.CHUNK_RETRIES,
    Measure.CHECKOUTS_ATTRIBUTED,
    Measure.CHECKOUTS_RESTATED,
    Measure.ATTRIBUTION_LAG,
}
EMITTED = {
    name: frozenset(_OWN.get(name, set()) | {Measure.FAILURES})
    for name in ("api_handler", *FUNCTIONS)
} | {STREAM_JOB_FUNCTION: frozenset(_JOB | {Measure.FAILURES})}
