"""Notify the transform stage of raw objects, as S3 did when they were written."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from ops.kit.errors import OperationFailed
from ops.stage.names import Names

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_MESSAGES = 10
PARALLEL_CALLS = 8
MAX_ATTEMPTS = 6
FIRST_PAUSE_S = 0.1


def notification(bucket: str, key: str) -> str:
    """Write the notification that S3 sends for an object, with an encoded key."""
    of_s3 = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/")}}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": of_s3}]})


@dataclass(frozen=True, slots=True)
class Announce:
    """One message per object, so that an object that fails is retried alone."""

    sqs: SQSClient
    queue_url: str
    bucket: str
    pause: Callable[[float], None] = time.sleep

    @classmethod
    def open(cls, session: boto3.Session, names: Names) -> Announce:
        sqs = session.client("sqs")
        url = sqs.get_queue_url(QueueName=names.raw_queue)["QueueUrl"]
        return cls(sqs, url, names.raw_bucket)

    def __call__(self, keys: Sequence[str], show: Callable[[int], None]) -> None:
        """Send a message for each key; call `show` with the number sent each time.

        Raises:
            OperationFailed: the queue keeps refusing; notifying of an object twice is harmless.
        """
        with ThreadPoolExecutor(PARALLEL_CALLS) as pool:
            for n_sent in pool.map(self._send, batched(keys, MAX_MESSAGES)):
                show(n_sent)

    def _send(self, keys: Sequence[str]) -> int:
        pending: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(n), "MessageBody": notification(self.bucket, key)}
            for n, key in enumerate(keys)
        ]
        for attempt in range(MAX_ATTEMPTS):
            answer = self.sqs.send_message_batch(QueueUrl=self.queue_url, Entries=pending)
            refused = {one["Id"]: one for one in answer.get("Failed", [])}
            if not refused:
                return len(keys)
            pending = [entry for entry in pending if entry["Id"] in refused]
            self.pause(FIRST_PAUSE_S * 2**attempt * random.random())
        why = next(iter(refused.values()))
        raise OperationFailed(
            f"{self.queue_url} refused messages: {why.get('Message') or why.get('Code')}.",
            "Run the same command again; transforming an object twice is harmless.",
        )
