"""Three workloads that the original design estimated, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops.cost.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`estimate` is the design's, in dollars by service; `reasons` say why ours differs."""

    about: str
    workload: Workload
    estimate: Mapping[str, float]
    estimated_total: float
    reasons: Mapping[str, str]


_ABSENT = "not in the design's estimate"
_PIPELINE_REASONS = {
    "API Gateway": "the design's producers write directly to the stream",
    "Lambda": "measured times; a batch has a minute's records, in the design 100",
    "Kinesis": "one shard; the design omits PUT payload units",
    "S3": "the design has storage only; this includes requests, and the lake",
    "DynamoDB": "exact counters in transactions, where the design writes one row per batch;"
    " a unit costs half since November 2024",
    "CloudWatch": "one log line per invocation; alarms, metrics and dashboards as deployed",
}

# The design has a hundred records per invocation: its 1 M and 10 M invocations are 100 M and 1 bn
# events; of 1 kB each, these are the 100 GB and the 1 TB that it stores.
_DEVELOPMENT = Scenario(
    about="low traffic: 1 M requests of 100 events, kept for a month",
    workload=Workload(events=100_000_000, events_per_request=100, months_kept=1),
    estimate={"Kinesis": 22, "Lambda": 5, "S3": 5, "DynamoDB": 2, "CloudWatch": 2},
    estimated_total=36,
    reasons=_PIPELINE_REASONS,
)
_PRODUCTION = Scenario(
    about="medium traffic: 10 M requests of 100 events, 8 shards, kept for a month",
    workload=Workload(
        events=1_000_000_000, events_per_request=100, shards=8, months_kept=1, athena_tb=0.3
    ),
    estimate={"Kinesis": 88, "Lambda": 20, "S3": 25, "DynamoDB": 10, "CloudWatch": 10},
    estimated_total=153,
    reasons=_PIPELINE_REASONS
    | {
        "Kinesis": "the same shards; the design omits PUT payload units",
    },
)
_SMALL = Scenario(
    about="1 M requests of one event, kept for a year",
    workload=Workload(events=1_000_000, alerts=1_000),
    estimate={
        "API Gateway": 3.50,
        "Lambda": 5.00,
        "Kinesis": 29.00,
        "S3": 1.15,
        "DynamoDB": 1.25,
        "Athena": 0.50,
        "Step Functions": 0.03,
        "SNS": 0.00,
    },
    estimated_total=40,
    reasons={
        "Lambda": "measured times",
        "Kinesis": "one stream of one shard, at 1.5 cents an hour; the design has two shards",
        "S3": "a year is less than the design's 50 GB; most of the cost is requests",
        "DynamoDB": "exact counters in transactions, where the design has 1 M single writes;"
        " a unit costs half since November 2024",
        "Athena": "10 queries of 100 MB per day are 0.03 TB, at $5 per TB",
        "Step Functions": "the design counts 1,000 transitions; a run has several states",
        "SNS": "1,000 e-mails are two cents",
        "CloudWatch": _ABSENT,
    },
)

SCENARIOS: Mapping[str, Scenario] = {
    "development": _DEVELOPMENT,
    "production": _PRODUCTION,
    "small": _SMALL,
}


def reason(scenario: Scenario, service: str) -> str:
    return scenario.reasons.get(service, "" if service in scenario.estimate else _ABSENT)
