"""Who may do what: the one table that every function's policy is rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops.stage.names import API_HANDLER, RANGE_JOB, STREAM_JOB

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on things of one stage, both as words; `ops.stage.places` says what a thing is."""

    why: str
    actions: str
    things: str


# Lambda itself writes there, as the function, what it gives up on; the folder is its own.
_FAILED_BATCHES = (
    Grant("KeepFailedBatches", "s3:PutObject", "objects:failures/aws/lambda/"),
    Grant("FindFailuresBucket", "s3:ListBucket", "bucket:failures"),
)


def _reads(stream: str) -> Grant:
    return Grant(
        "ReadStream",
        "kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords"
        " kinesis:GetShardIterator kinesis:ListShards",
        f"stream:{stream}",
    )


def _attributes(stream: str) -> tuple[Grant, ...]:
    """The database has roles of its own; this is how a function proves who it is."""
    connect = Grant("ConnectToDatabase", "rds-db:connect", "database_user:attribution_writer")
    return (_reads(stream), connect, *_FAILED_BATCHES)


def _processes(stream: str) -> tuple[Grant, ...]:
    return (
        _reads(stream),
        # A put that asks for the ETag of what it replaces needs both.
        Grant(
            "ArchiveRecords",
            "s3:GetObject s3:PutObject",
            "objects:raw/raw/ objects:raw/quarantine/",
        ),
        Grant("FindLeftovers", "s3:ListBucket", "bucket:raw"),
        Grant("CheckClaim", "dynamodb:GetItem", "table:batches"),
        Grant("ReadExperiments", "dynamodb:Query", "table:experiments"),
        Grant("ReadSketches", "dynamodb:BatchGetItem", "table:metrics"),
        Grant(
            "CommitChunk", "dynamodb:PutItem dynamodb:UpdateItem", "table:metrics table:batches"
        ),
        *_FAILED_BATCHES,
    )


_OWN: Mapping[str, tuple[Grant, ...]] = {
    API_HANDLER: (
        Grant("StoreEvents", "kinesis:PutRecords", "stream:events stream:clicks stream:checkouts"),
        Grant("ReadKeys", "dynamodb:Scan", "table:keys"),
        Grant(
            "AnswerQuestions",
            "dynamodb:Query",
            "table:metrics table:batches/index/ShardIndex table:aggregates table:anomalies",
        ),
        Grant(
            "DefineExperiments",
            "dynamodb:GetItem dynamodb:PutItem dynamodb:Query",
            "table:experiments",
        ),
        Grant("ReadCheckpoints", "dynamodb:BatchGetItem", "table:batches"),
        Grant("ListQuarantine", "s3:ListBucket", "bucket:raw"),
        Grant("ReadQuarantine", "s3:GetObject", "objects:raw/quarantine/"),
        Grant(
            "MeasureQueues",
            "sqs:GetQueueAttributes sqs:GetQueueUrl",
            "queue:raw-objects queue:raw-objects-dlq",
        ),
        Grant("ListShards", "kinesis:ListShards", "stream:events stream:clicks stream:checkouts"),
        # The database is closed to this function; one in its network answers for it.
        Grant("AskAttribution", "lambda:InvokeFunction", "function:report_attribution"),
    ),
    "process_events": _processes("events"),
    "process_clicks": _processes("clicks"),
    "process_checkouts": _processes("checkouts"),
    "attribute_clicks": _attributes("clicks"),
    "attribute_checkouts": _attributes("checkouts"),
    "report_attribution": (
        Grant("ConnectToDatabase", "rds-db:connect", "database_user:attribution_reader"),
    ),
    "list_checkpoints": (
        Grant("ConnectToDatabase", "rds-db:connect", "database_user:attribution_reader"),
    ),
    "control_attribution_job": (
        Grant(
            "ControlJobs",
            "glue:BatchStopJobRun glue:GetJobRuns glue:StartJobRun",
            f"job:{STREAM_JOB} job:{RANGE_JOB}",
        ),
    ),
    "watch_attribution_job": (Grant("WatchJob", "glue:GetJobRuns", f"job:{STREAM_JOB}"),),
    "start_attribution_job": (
        Grant("StartJob", "glue:GetJobRuns glue:StartJobRun", f"job:{STREAM_JOB}"),
    ),
    "stop_attribution_job": (
        Grant("StopJob", "glue:BatchStopJobRun glue:GetJobRuns", f"job:{STREAM_JOB}"),
    ),
    # Its caller hands it the owner's credentials.
    "migrate_database": (),
    "transform_raw": (
        Grant(
            "TakeMessages",
            "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage",
            "queue:raw-objects",
        ),
        Grant("ReadRawObjects", "s3:GetObject", "objects:raw/raw/"),
        # Without it S3 calls a missing object forbidden.
        Grant("TellMissingFromForbidden", "s3:ListBucket", "bucket:raw"),
        Grant("WriteLakeFiles", "s3:PutObject", "objects:lake/events/"),
        Grant("MarkHours", "dynamodb:UpdateItem", "table:aggregates"),
        Grant("RecordBatch", "dynamodb:PutItem", "table:batches"),
    ),
    "generate_traffic": (
        Grant("StoreEvents", "kinesis:PutRecords", "stream:events stream:clicks stream:checkouts"),
    ),
    "start_hourly_rollup": (
        Grant("StartRollup", "states:StartExecution", "machine:hourly-rollup"),
    ),
    "determine_hours": (Grant("ReadHourMarks", "dynamodb:Query", "table:aggregates"),),
    "roll_up_hour": (
        Grant("ListLakeFiles", "s3:ListBucket", "bucket:lake"),
        Grant("ReadLakeFiles", "s3:GetObject", "objects:lake/events/"),
        Grant("ReadCounters", "dynamodb:Query", "table:metrics"),
        Grant(
            "ReplaceHour",
            "dynamodb:ConditionCheckItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:UpdateItem",
            "table:aggregates",
        ),
        Grant("LookForExperiments", "dynamodb:Query", "table:experiments"),
        Grant("KeepPartials", "s3:DeleteObject s3:PutObject", "objects:lake/experiments/"),
    ),
    "seal_hour": (
        Grant("ListLakeFiles", "s3:ListBucket", "bucket:lake"),
        # A put or a deletion that asks for the ETag of what is there needs to read it as well.
        Grant(
            "ReplaceLakeFiles",
            "s3:DeleteObject s3:GetObject s3:PutObject",
            "objects:lake/events/",
        ),
        Grant("MarkHour", "dynamodb:UpdateItem", "table:aggregates"),
    ),
    "judge_hours": (
        Grant("ReadRollups", "dynamodb:Query", "table:aggregates"),
        Grant(
            "KeepAnomalies",
            "dynamodb:ConditionCheckItem dynamodb:Query dynamodb:UpdateItem",
            "table:anomalies",
        ),
    ),
    "publish_alerts": (
        Grant("TakeAnomalies", "dynamodb:Query dynamodb:UpdateItem", "table:anomalies"),
        Grant("TellPeople", "sns:Publish", "topic:alerts"),
    ),
    "compute_results": (
        Grant("ReadRollups", "dynamodb:Query", "table:aggregates"),
        Grant("ReadPartials", "s3:GetObject", "objects:lake/experiments/"),
        # Without it S3 calls a missing object forbidden.
        Grant("TellMissingFromForbidden", "s3:ListBucket", "bucket:lake"),
        Grant("KeepResults", "dynamodb:PutItem dynamodb:Query", "table:experiments"),
    ),
    "record_run": (Grant("RecordRun", "dynamodb:PutItem", "table:aggregates"),),
}

GRANTED_FUNCTIONS = tuple(_OWN)


# Two that AWS takes on everything only, since traces and network interfaces belong to nobody yet.
_TRACES = Grant("SendTraces", "xray:PutTelemetryRecords xray:PutTraceSegments", EVERYTHING)
_NETWORK = Grant(
    "JoinNetwork",
    "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces",
    EVERYTHING,
)


def grants_of(
    function: str, *, traced: bool = False, networked: bool = False
) -> tuple[Grant, ...]:
    """All that a function may do, with what every function may."""
    logs = Grant("WriteLogs", "logs:CreateLogStream logs:PutLogEvents", f"log:{function}")
    more = [grant for grant, asked in ((_TRACES, traced), (_NETWORK, networked)) if asked]
    return (*_OWN[function], logs, *more)
