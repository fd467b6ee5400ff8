"""Raw objects are found by their hours, and announced as S3 announces them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from chalicelib.transform import notification
from ops.kit.errors import OperationFailed
from ops.rebuild.announce import MAX_MESSAGES, Announce
from ops.rebuild.announce import notification as announcement

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

KEYS = [str(RawKey("page_view", Hour.parse("2026-11-21T10"), "s-0", str(n))) for n in range(25)]


@dataclass
class Queue:
    """Refuses so many messages before it takes any."""

    refusals: int = 0
    taken: list[str] = field(default_factory=list)

    # As boto3 calls them.
    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == "queue"
        assert len(Entries) <= MAX_MESSAGES
        refused, self.refusals = Entries[: self.refusals], max(0, self.refusals - len(Entries))
        self.taken += [entry["MessageBody"] for entry in Entries[len(refused) :]]
        return {"Failed": [{"Id": one["Id"], "Code": "Throttled"} for one in refused]}


def announcing(queue: Queue) -> Announce:
    return Announce(cast("SQSClient", queue), "queue", "bucket", pause=lambda _s: None)


def keys_of(queue: Queue) -> list[str]:
    return sorted(str(key) for body in queue.taken for key in notification.read(body).keys)


def test_transform_understands_what_is_announced() -> None:
    read = notification.read(announcement("bucket", KEYS[0]))

    assert [str(key) for key in read.keys] == [KEYS[0]]
    assert read.complaint == ""


def test_a_message_names_one_object_in_the_bucket() -> None:
    [record] = json.loads(announcement("bucket", KEYS[0]))["Records"]

    assert record["s3"]["bucket"]["name"] == "bucket"


def test_every_object_is_announced_once_and_counted() -> None:
    queue, shown = Queue(), [0]

    announcing(queue)(KEYS, shown.append)

    assert keys_of(queue) == sorted(KEYS)
    assert sum(shown) == len(KEYS)


def test_messages_that_are_refused_are_sent_again() -> None:
    queue = Queue(refusals=7)

    announcing(queue)(KEYS[:10], lambda _n: None)

    assert keys_of(queue) == sorted(KEYS[:10])


def test_a_queue_that_never_takes_them_is_told_of() -> None:
    with pytest.raises(OperationFailed, match="Throttled"):
        announcing(Queue(refusals=1_000))(KEYS[:10], lambda _n: None)
