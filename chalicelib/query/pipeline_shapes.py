"""The shapes of answers about the pipeline itself, for mypy and the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from chalicelib.model.anomaly import Baseline, Direction, Metric, Withheld
from chalicelib.model.answers import Count, Instant
from chalicelib.query.metric_shapes import NextCursor


class AnomalyRow(TypedDict):
    """An hour that deviates from its history.

    `observed`, `expected` and `scale` are events, milliseconds (p95) or a share, by metric;
    `score` is (observed - expected) / scale. `withheld` says why no alert is sent.
    """

    hour: Instant
    event_type: str
    metric: Metric
    direction: Direction
    observed: float
    expected: float
    scale: float
    score: float
    threshold: float
    baseline: Baseline
    history_hours: Count
    state: Literal["standing", "withdrawn"]
    found_at: Instant
    withdrawn_at: Instant | None
    alerted_at: Instant | None
    alert_id: str | None
    withheld: Withheld | None
    explanation: str


Anomalies = TypedDict(
    "Anomalies",
    {
        "from": Instant,
        "to": Instant,
        "anomalies": Annotated[list[AnomalyRow], Field(description="The newest hour first.")],
        "next_cursor": NextCursor,
    },
)


class FailedHour(TypedDict):
    hour: Instant
    error: str


class RunRow(TypedDict):
    """One execution of the hourly rollup.

    `errors` has what failed besides hours: `run`, `judging`, `publishing` or `computing`.
    """

    execution: str
    status: Literal["succeeded", "failed"]
    started_at: Instant
    finished_at: Instant
    hours: Count
    superseded_hours: Count
    failed_hours: list[FailedHour]
    records: Count
    missing: int
    anomalies: Count
    alerts: Count
    errors: dict[str, str]


Runs = TypedDict(
    "Runs",
    {
        "from": Instant,
        "to": Instant,
        "runs": Annotated[list[RunRow], Field(description="The newest first.")],
        "next_cursor": NextCursor,
    },
)


class BatchRow(TypedDict):
    """The result of one chunk of a shard, or of one transformed object."""

    batch_id: str
    shard_id: str
    stage: str
    processed_at: Instant
    total_records: Count
    success_records: Count
    failed_records: Count
    partitions: list[str]
    object_keys: list[str]
    duration_ms: int


Batches = TypedDict(
    "Batches",
    {
        "from": Instant,
        "to": Instant,
        "batches": Annotated[list[BatchRow], Field(description="The newest first.")],
        "next_cursor": NextCursor,
    },
)


class QuarantineCount(TypedDict):
    """By the hour in which the records arrived."""

    hour: Instant
    code: str
    records: Count


class QuarantineSample(TypedDict):
    """A record that is not a valid event, and why.

    Its key and the first bytes of its payload are shown to admin keys alone.
    """

    arrived_at: Instant
    code: str
    reason: str
    stage: str
    stream: str
    shard_id: str
    sequence_number: str
    payload_bytes: Count
    partition_key: NotRequired[str]
    payload: NotRequired[Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]]
    payload_truncated: NotRequired[bool]


Quarantine = TypedDict(
    "Quarantine",
    {
        "from": Instant,
        "to": Instant,
        "counts": Annotated[
            list[QuarantineCount],
            Field(description="The oldest hour first, and within it the most frequent code."),
        ],
        "samples": Annotated[
            list[QuarantineSample],
            Field(description="The newest first. Reading is bounded, so there may be more."),
        ],
    },
)


class Need(TypedDict):
    """What needs a person; `runbook` is an anchor in the runbook."""

    code: Literal[
        "dead_letters", "rollup_failed", "no_rollup", "records_missing", "transform_behind"
    ]
    message: str
    runbook: str


class Stage(TypedDict):
    """How far a stage is; what can't be known of it is null.

    `newest_at` is when process and transform last finished something, and the end of the newest
    hour that is rolled up or judged.
    """

    stage: Literal["process", "transform", "rollup", "judgement"]
    newest_at: Instant | None
    behind_s: Annotated[float, Field(ge=0)] | None
    waiting: Count | None


class HoursDue(TypedDict):
    """Hours that are over and changed since they were rolled up."""

    count: Count
    oldest: Instant | None


class ShardRow(TypedDict):
    """When the newest records of a shard were processed, and the newest objects transformed."""

    shard_id: str
    processed_at: Instant | None
    transformed_at: Instant | None


class Freshness(TypedDict):
    status: Literal["ok", "attention"]
    summary: str
    needs: list[Need]
    stages: list[Stage]
    hours_due: HoursDue
    dead_letters: Annotated[dict[str, int], Field(description="Abandoned messages by stage.")]
    last_run: RunRow | None
    shards: list[ShardRow]


class OpenApi(TypedDict):
    """An OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, object]
    servers: list[dict[str, object]]
    paths: dict[str, object]
    components: dict[str, object]
