"""Alarms and dashboards watch what is there, and every alarm says what is to be done."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.model.measure import NAMESPACE
from ops.__main__ import app
from ops.deploy.monitoring import monitoring_body
from ops.kit.project import ROOT, Project
from ops.stage.names import STREAMS, TABLES, Names
from tests.architecture.cloudformation import ACCOUNT, REGION, lint, resolved
from tests.emitted import EMITTED
from tests.functions import ALL_FUNCTIONS, FUNCTIONS

NAMES = Names(stage="dev", account=ACCOUNT, region=REGION)
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
# Where AWS's metrics are kept, and by what of ours they can be told apart.
OURS: dict[tuple[str, str], set[str]] = {
    ("AWS/Lambda", "FunctionName"): set(map(NAMES.chalice_function, ALL_FUNCTIONS)),
    ("AWS/Kinesis", "StreamName"): {NAMES.stream(name) for name in STREAMS},
    ("AWS/DynamoDB", "TableName"): {NAMES.table(name) for name in TABLES},
    ("AWS/SQS", "QueueName"): {NAMES.raw_queue, NAMES.raw_dead_letters},
    ("AWS/States", "StateMachineArn"): {NAMES.rollup_state_machine_arn},
    ("AWS/RDS", "DBInstanceIdentifier"): {NAMES.database},
    ("AWS/S3", "BucketName"): {NAMES.raw_bucket, NAMES.lake_bucket},
    ("AWS/Logs", "LogGroupName"): {
        f"/aws/lambda/{NAMES.chalice_function(name)}" for name in ALL_FUNCTIONS
    },
}
KNOWN = {
    "AWS/Lambda": "Errors Throttles IteratorAge Invocations Duration ConcurrentExecutions",
    "AWS/Kinesis": (
        "IncomingRecords IncomingBytes GetRecords.Records PutRecords.Latency"
        " WriteProvisionedThroughputExceeded"
    ),
    "AWS/DynamoDB": (
        "ReadThrottleEvents WriteThrottleEvents ConsumedReadCapacityUnits"
        " ConsumedWriteCapacityUnits"
    ),
    "AWS/SQS": (
        "ApproximateNumberOfMessagesVisible ApproximateAgeOfOldestMessage NumberOfMessagesReceived"
        " NumberOfMessagesDeleted"
    ),
    "AWS/States": "ExecutionsFailed ExecutionsSucceeded ExecutionsStarted",
    "AWS/RDS": "CPUUtilization DatabaseConnections FreeStorageSpace ReadIOPS WriteIOPS",
    "AWS/S3": "BucketSizeBytes",
    "AWS/Logs": "IncomingBytes",
}
MAX_METRICS_OF_AN_ALARM = 10


@dataclass(frozen=True)
class Watched:
    where: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def is_there(self) -> bool:
        named = dict(self.dimensions)
        if self.namespace == NAMESPACE:
            emitted = EMITTED.get(named.pop("function"), frozenset())
            return named == {"stage": NAMES.stage} and self.name in emitted
        # The bill is the whole account's, and is kept by service.
        if (self.namespace, self.name) == ("AWS/Billing", "EstimatedCharges"):
            return named.keys() == {"ServiceName", "Currency"}
        named.pop("StorageType", None)
        [(key, value)] = named.items()
        is_ours = value in OURS[self.namespace, key]
        return is_ours and self.name in KNOWN[self.namespace].split()


def resources(kind: str) -> list[dict[str, Any]]:
    template = resolved(json.loads(monitoring_body(Project())), NAMES.stage)
    assert isinstance(template, dict)
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


ALARMS = {
    alarm["AlarmName"].removeprefix("eventstream-dev-"): alarm
    for alarm in resources("AWS::CloudWatch::Alarm")
}
DASHBOARDS = {
    dashboard["DashboardName"]: json.loads(dashboard["DashboardBody"])
    for dashboard in resources("AWS::CloudWatch::Dashboard")
}


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    many = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
    return many or [alarm]


def watched() -> Iterator[Watched]:
    for name, alarm in ALARMS.items():
        for metric in metrics_of(alarm):
            dimensions = tuple((d["Name"], d["Value"]) for d in metric["Dimensions"])
            yield Watched(name, metric["Namespace"], metric["MetricName"], dimensions)
    for name, dashboard in DASHBOARDS.items():
        for line in (m for w in dashboard["widgets"] for m in w["properties"].get("metrics", [])):
            words = [word for word in line if isinstance(word, str)]
            if words:
                namespace, shown, *rest = words
                pairs = tuple(zip(rest[::2], rest[1::2], strict=True))
                yield Watched(name, namespace, shown, pairs)


def test_the_monitoring_template_is_sound_as_it_is_sent(tmp_path: Path) -> None:
    body = monitoring_body(Project())

    assert lint(body, tmp_path) == ""
    # As CloudFormation reads from a bucket: the deployment uploads what a call does not hold.
    assert len(body) < 1_000_000


def test_all_that_is_watched_is_there() -> None:
    assert [one for one in watched() if not one.is_there] == []


def test_every_metric_that_the_code_emits_is_shown() -> None:
    shown = {one.name for one in watched() if one.namespace == NAMESPACE}

    assert shown == {measure.value for measures in EMITTED.values() for measure in measures}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_it_means_and_where_to_read_on(name: str) -> None:
    description = ALARMS[name]["AlarmDescription"]

    assert re.fullmatch(rf"[A-Z][^.]+\. See docs/runbook\.md#{name}", description)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_and_its_end_are_told_and_silence_is_decided_on(name: str) -> None:
    alarm = ALARMS[name]

    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmsTopic"}]
    assert alarm["TreatMissingData"] in {"breaching", "notBreaching", "ignore"}
    assert len(metrics_of(alarm)) <= MAX_METRICS_OF_AN_ALARM


@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_that_nobody_reads_is_seen_beside_others_that_are_read(stream: str) -> None:
    asked = {one["Id"]: one for one in ALARMS["not-processed"]["Metrics"]}
    expression = f"IF(FILL(out_{stream}, 0) == 0, FILL(in_{stream}, 0), 0)"

    assert asked[f"waiting_{stream}"]["Expression"] == expression
    assert f"waiting_{stream}" in asked["waiting"]["Expression"]
    [read] = asked[f"out_{stream}"]["MetricStat"]["Metric"]["Dimensions"]
    [sent] = asked[f"in_{stream}"]["MetricStat"]["Metric"]["Dimensions"]
    assert (sent["Value"], read["Value"]) == (
        NAMES.stream(stream),
        NAMES.function(f"process_{stream}"),
    )


def test_a_first_record_after_a_silence_is_no_alarm_before_its_batch_is_full() -> None:
    alarm = ALARMS["not-processed"]

    assert alarm["DatapointsToAlarm"] >= 2
    assert alarm["EvaluationPeriods"] >= alarm["DatapointsToAlarm"]


def test_every_alarm_has_an_entry_in_the_runbook_and_no_entry_is_without_one() -> None:
    _, _, alarms = RUNBOOK.partition("\n## Alarms\n")

    assert sorted(re.findall(r"^### (.+)$", alarms, flags=re.MULTILINE)) == sorted(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_an_entry_answers_what_one_asks_at_night(name: str) -> None:
    entry = RUNBOOK.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    answers = re.findall(r"^\*\*(.+)\*\*: ?\S*", entry, flags=re.MULTILINE)

    assert answers == ["Means", "Noticed by", "Look", "Fix", "Over"]


def test_the_runbook_names_functions_and_commands_that_exist() -> None:
    functions = set(re.findall(r"eventstream-\$STAGE-([a-z_]+_[a-z_]+)\b", RUNBOOK))
    commands = set(re.findall(r"python -m ops (\w+)", RUNBOOK))

    assert functions <= set(FUNCTIONS)
    assert commands
    known = {getattr(one.callback, "__name__", "") for one in app.registered_commands}
    assert commands <= known | {group.name for group in app.registered_groups}


def test_there_is_one_dashboard_and_it_has_what_each_reader_looks_for() -> None:
    [widgets] = [dashboard["widgets"] for dashboard in DASHBOARDS.values()]
    texts = [w["properties"]["markdown"] for w in widgets if w["type"] == "text"]

    assert [t for t in texts if t.startswith("## ")] == [
        "## Operations",
        "## Performance",
        "## Cost",
        "## Attribution",
    ]


def test_the_dashboard_shows_every_alarm() -> None:
    [dashboard] = DASHBOARDS.values()
    [shown] = [w for w in dashboard["widgets"] if w["type"] == "alarm"]
    arns = {f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:eventstream-dev-{n}" for n in ALARMS}

    assert set(shown["properties"]["alarms"]) == arns


def test_widgets_lie_side_by_side() -> None:
    for dashboard in DASHBOARDS.values():
        cells = [
            (x, y)
            for w in dashboard["widgets"]
            for x in range(w["x"], w["x"] + w["width"])
            for y in range(w["y"], w["y"] + w["height"])
        ]

        assert len(cells) == len(set(cells))
        assert max(x for x, _ in cells) < 24
