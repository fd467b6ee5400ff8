"""The options of event sources that decide whether a failure loses, repeats or blocks records."""

from __future__ import annotations

from typing import Any

# The variable that lets a function report failures instead of raising them.
LISTENS = "PARTIAL_BATCH_RESPONSES"

Options = dict[str, Any]


def queue_options() -> Options:
    return {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def stream_options(max_age_s: object, failures_bucket: object) -> Options:
    """Retry until the records are about to expire: only failures of AWS services are raised.

    After that, Lambda writes what it could not process to the failures bucket, whole.
    """
    return {
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": max_age_s,
        "DestinationConfig": {"OnFailure": {"Destination": failures_bucket}},
    }
