"""What SNS makes of an alert: JSON for machines, a subject that it takes, words to filter by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from chalicelib.aws.alerts import SnsAlerts
from chalicelib.errors import StoreUnavailable
from tests.builders import make_alert

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

pytestmark = pytest.mark.contract


@pytest.fixture
def sns(aws: None) -> SNSClient:
    return boto3.client("sns")


@pytest.fixture
def alerts(sns: SNSClient) -> SnsAlerts:
    return SnsAlerts(sns, sns.create_topic(Name="eventstream-local-alerts")["TopicArn"])


def delivered(alerts: SnsAlerts, *, policy: dict[str, list[str]] | None = None) -> list[Any]:
    """Publish one alert to a queue, and return the messages that arrive there."""
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="alerts")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    attributes = {"FilterPolicy": json.dumps(policy)} if policy else {}
    alerts.client.subscribe(
        TopicArn=alerts.topic, Protocol="sqs", Endpoint=arn["QueueArn"], Attributes=attributes
    )
    alerts.publish(make_alert())
    messages = sqs.receive_message(QueueUrl=queue).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


def test_a_queue_gets_the_body_as_json(alerts: SnsAlerts) -> None:
    [envelope] = delivered(alerts)

    assert json.loads(envelope["Message"]) == make_alert().body
    assert envelope["Subject"] == make_alert().subject


@pytest.mark.parametrize(("metric", "arrives"), [("volume", 1), ("latency", 0)])
def test_a_subscriber_may_choose_by_attributes(
    alerts: SnsAlerts, metric: str, arrives: int
) -> None:
    assert len(delivered(alerts, policy={"metric": [metric]})) == arrives


def test_a_topic_that_is_not_there_is_the_worlds_failure(sns: SNSClient) -> None:
    with pytest.raises(StoreUnavailable):
        SnsAlerts(sns, "arn:aws:sns:us-east-1:123456789012:gone").publish(make_alert())
