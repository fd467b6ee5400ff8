"""Alerts through SNS: text for people, JSON for machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import orjson

from chalicelib.aws import calls
from chalicelib.model.alert import Alert

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

# An e-mail subscription as JSON wraps the text for people in SNS's own JSON.
TO_MACHINES = ("sqs", "lambda", "http", "https", "firehose")


@dataclass(frozen=True, slots=True)
class SnsAlerts:
    client: SNSClient
    topic: str

    @classmethod
    def open(cls, topic: str) -> SnsAlerts:
        return cls(boto3.client("sns", config=calls.CONFIG), topic)

    def publish(self, alert: Alert) -> None:
        body = orjson.dumps(alert.body).decode()
        message = {"default": alert.text, "sms": alert.subject} | dict.fromkeys(TO_MACHINES, body)
        with calls.translated():
            self.client.publish(
                TopicArn=self.topic,
                Subject=alert.subject,
                Message=orjson.dumps(message).decode(),
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in alert.attributes.items()
                },
            )
