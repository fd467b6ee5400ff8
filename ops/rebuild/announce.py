"""Announce raw objects to the transform stage, as S3 did when they were written."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_MESSAGES = 10
PARALLEL_CALLS = 8
MAX_ATTEMPTS = 6
FIRST_PAUSE_S = 0.1


def notification(bucket: str, key: str) -> str:
    """Write what S3 sends of one object; its key is encoded, as S3's are."""
    of_s3 = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/")}}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": of_s3}]})


@dataclass(frozen=True, slots=True)
class Announce:
    """One message an object, so that one that fails is tried again by itself."""

    sqs: SQSClient
    queue_url: str
    bucket: str
    pause: Callable[[float], None] = time.sleep

    def __call__(self, keys: Sequence[str], show: Callable[[int], None]) -> None:
        """Send a message for each key; `show` is told how many more have been sent.

        Raises:
            OperationFailed: the queue goes on refusing; to announce an object twice is harmless.
        """
        with ThreadPoolExecutor(PARALLEL_CALLS) as pool:
            for n_sent in pool.map(self._send, _cut(keys)):
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
            f"{self.queue_url} refuses messages: {why.get('Message') or why.get('Code')}.",
            "Run the same command again; objects that were announced already are merely redone.",
        )


def _cut(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), MAX_MESSAGES):
        yield keys[start : start + MAX_MESSAGES]
