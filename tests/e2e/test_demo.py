"""The demo: its counts agree, planted incidents are alerted, and it can be removed again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.model.anomaly import Direction
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from ops.demo.alerts import delivered
from ops.demo.incidents import MIN_EVENTS, MIN_HOURS
from ops.demo.read_back import rollup_rows
from ops.demo.schedule import paused
from ops.local.cloud import Cloud
from ops.local.home import Home
from tests.e2e.conftest import Ops
from tests.e2e.executions import ended, recorded, start

pytestmark = pytest.mark.e2e

type Ran = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(ops: Ops, folder: Path) -> Iterator[Ran]:
    yield ops("demo", "--events", MIN_EVENTS, "--hours", MIN_HOURS, "--state", folder)
    ops("down", "--purge", "--state", folder)


@pytest.fixture(scope="module")
def cloud(demo: Ran, folder: Path) -> Cloud:
    return Cloud.load(Home(folder))


@pytest.fixture(scope="module")
def last(cloud: Cloud) -> Hour:
    """Return the demo's last hour, which by now need not be the last on the clock."""
    return Hour.parse(max(row.window_start for row in rollup_rows(cloud)))


def test_the_demo_ends_by_itself_and_everything_agrees(demo: Ran) -> None:
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "All counts agree." in demo.stdout
    assert "DISAGREE" not in demo.stdout


def test_planted_incidents_are_alerted_and_nothing_else(demo: Ran) -> None:
    assert demo.stdout.count("EventStream local: ") == 2
    assert "EventStream local: volume high, " in demo.stdout
    assert "EventStream local: latency high, " in demo.stdout


def test_the_detector_can_be_replayed_over_what_the_demo_left(
    ops: Ops, last: Hour, folder: Path, tmp_path: Path
) -> None:
    hours = ("--from", last.plus(-MIN_HOURS).text, "--to", last.plus(1).text)
    plot = tmp_path / "plot.png"

    ran = ops("backtest", *hours, "--event-type", "page_view", "--plot", plot, "--state", folder)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("page_view") >= 2
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_an_alert_that_could_not_be_sent_is_sent_by_the_next_run(cloud: Cloud, last: Hour) -> None:
    queue = cloud.client("sqs").get_queue_url(QueueName="eventstream-local-demo-alerts")
    topic = cloud.client("sns").get_topic_attributes(TopicArn=cloud.names.alerts_topic_arn)
    [subscription] = cloud.client("sns").list_subscriptions()["Subscriptions"]
    roll_up(cloud, last, {"_all": Figures(1_000_000), "click": Figures(1_000_000)})

    cloud.client("sns").delete_topic(TopicArn=topic["Attributes"]["TopicArn"])
    failing, arn = start(cloud, last.plus(-1), last, "0000dead")
    assert ended(cloud, arn) == "FAILED"
    assert recorded(cloud, failing)["publishing_failure"]

    cloud.client("sns").create_topic(Name=cloud.names.alerts_topic_arn.rsplit(":", 1)[-1])
    cloud.client("sns").subscribe(
        TopicArn=cloud.names.alerts_topic_arn, Protocol="sqs", Endpoint=subscription["Endpoint"]
    )
    let_reservations_end(cloud)
    name, arn = start(cloud, last.plus(-1), last, "00000000")
    assert ended(cloud, arn) == "SUCCEEDED"

    alerts = delivered(cloud, queue["QueueUrl"])
    [flood] = [alert for alert in alerts if alert.direction is Direction.ABOVE]
    assert "click" in flood.event_types
    assert recorded(cloud, name)["n_alerts"] == str(len(alerts))


def let_reservations_end(cloud: Cloud) -> None:
    """Do what five minutes would."""
    client, table = cloud.client("dynamodb"), cloud.names.table("anomalies")
    for item in client.scan(TableName=table, FilterExpression="attribute_exists(reserved_by)")[
        "Items"
    ]:
        client.update_item(
            TableName=table,
            Key={key: item[key] for key in ("metric", "window_start")},
            UpdateExpression="REMOVE reserved_by, reserved_until",
        )


def roll_up(cloud: Cloud, hour: Hour, figures: dict[str, Figures]) -> None:
    """Leave what a rollup leaves to be judged."""
    client, table = cloud.client("dynamodb"), cloud.names.table("aggregates")
    marks = DynamoHourMarks(client, table)
    mark = marks.begin(hour, hour.plus(1).start_ms)
    DynamoAggregates(client, table).claim(hour, mark, figures)
    marks.finish(hour, mark)


def test_no_hour_is_rolled_up_while_it_is_half_sent(cloud: Cloud) -> None:
    def state() -> str:
        events = cloud.session.client("events")
        [rule] = [one for one in events.list_rules()["Rules"] if "hourly" in one["Name"].lower()]
        return str(rule["State"])

    with paused(cloud):
        during = state()

    assert (during, state()) == ("DISABLED", "ENABLED")
