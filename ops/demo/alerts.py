"""A queue that is subscribed to the alerts, and what arrives there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour
from ops.demo.incidents import Incident
from ops.local.cloud import Cloud

# SNS delivers within moments; the queue is read until it has been empty this long.
WAIT_S = 2


@dataclass(frozen=True, slots=True)
class Delivered:
    """One alert as it arrived."""

    alert_id: str
    subject: str
    text: str
    metric: Metric
    direction: Direction
    hour: Hour
    event_types: frozenset[str]

    def is_of(self, incident: Incident) -> bool:
        metric, direction, hour, event_type = incident
        same = (self.metric, self.direction, self.hour) == (metric, direction, hour)
        return same and event_type in self.event_types


def subscribe(cloud: Cloud) -> str:
    """Subscribe a new queue to the topic; return its URL."""
    sqs, topic = cloud.client("sqs"), cloud.names.alerts_topic_arn
    queue = sqs.create_queue(QueueName=f"{cloud.names.prefix}-demo-alerts")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn["QueueArn"],
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    return queue


def delivered(cloud: Cloud, queue: str) -> Sequence[Delivered]:
    """Receive every alert, in order of the hours that they are about."""
    sqs = cloud.client("sqs")
    found = []
    while messages := sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_S
    ).get("Messages", []):
        for message in messages:
            found.append(_delivered(json.loads(message["Body"])))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found, key=lambda alert: alert.hour)


def _delivered(envelope: dict[str, str]) -> Delivered:
    body = json.loads(envelope["Message"])
    return Delivered(
        alert_id=body["alert_id"],
        subject=envelope["Subject"],
        text=body["text"],
        metric=Metric(body["metric"]),
        direction=Direction(body["direction"]),
        hour=Hour.parse(body["window_start"]),
        event_types=frozenset(anomaly["event_type"] for anomaly in body["anomalies"]),
    )
