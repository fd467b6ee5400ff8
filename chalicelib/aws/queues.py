"""How many messages queues hold, by SQS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.aws import calls
from chalicelib.aws.reads import CONFIG, ReadMeter
from chalicelib.aws.session import session

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True, slots=True)
class SqsQueues:
    """SQS counts approximately, and is right once traffic has ceased for a minute."""

    client: SQSClient
    meter: ReadMeter
    _urls: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, meter: ReadMeter) -> SqsQueues:
        return cls(session().client("sqs", config=CONFIG), meter)

    def messages(self, queue: str) -> int:
        with calls.translated():
            attributes = self.client.get_queue_attributes(
                QueueUrl=self._url(queue),
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
        self.meter.add(0)
        return sum(map(int, attributes.values()))

    def _url(self, queue: str) -> str:
        if queue not in self._urls:
            self._urls[queue] = self.client.get_queue_url(QueueName=queue)["QueueUrl"]
        return self._urls[queue]
