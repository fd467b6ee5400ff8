"""Queries of the read side: eventually consistent, bounded in time, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from chalicelib.aws import calls
from chalicelib.aws.quick_items import quick
from chalicelib.aws.session import session
from chalicelib.errors import StoreUnavailable, TooMuchRead
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

# API Gateway waits 29 s for an answer.
CONFIG = calls.CONFIG.merge(
    Config(
        connect_timeout=2,
        read_timeout=6,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
)

# What DynamoDB accepts.
_KEYS_AT_ONCE = 100

# Sorts after anything that follows the hour in a key.
LAST = "\uffff"


@dataclass(slots=True)
class ReadMeter:
    """Counts one request's reads, from any thread, up to the `most` items that it may read.

    `units` are DynamoDB's read request units, by which reads are charged.
    """

    most: int
    items: int = 0
    units: float = 0.0
    calls: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def start(self) -> None:
        with self._lock:
            self.items, self.units, self.calls = 0, 0.0, 0

    def add(self, items: int, units: float = 0.0) -> None:
        """Count one call.

        Raises:
            TooMuchRead: it was one too many.
        """
        with self._lock:
            self.items += items
            self.units += units
            self.calls += 1
            if self.items > self.most:
                raise TooMuchRead(self.most)

    def figures(self) -> Mapping[str, float]:
        return {"items_read": self.items, "read_units": self.units, "reads": self.calls}


def open_dynamodb() -> DynamoDBClient:
    return quick(session().client("dynamodb", config=CONFIG))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is read, and the meter that counts it."""

    client: DynamoDBClient
    name: str
    meter: ReadMeter

    def item(self, key: Mapping[str, Any]) -> Mapping[str, Any]:
        """Get an item, empty if there is none.

        Raises:
            StoreUnavailable
            TooMuchRead: together with earlier reads.
        """
        with calls.translated():
            got = self.client.get_item(
                TableName=self.name, Key=key, ReturnConsumedCapacity="TOTAL"
            )
        item = got.get("Item", {})
        self.meter.add(len(item) > 0, got.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0))
        return item

    def each_of(self, keys: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Get the items that there are of these keys, in any order.

        Raises:
            StoreUnavailable: some could not be read, for one.
            TooMuchRead: together with earlier reads.
        """
        for some in batched(keys, _KEYS_AT_ONCE):
            with calls.translated():
                got = self.client.batch_get_item(
                    RequestItems={self.name: {"Keys": some}}, ReturnConsumedCapacity="TOTAL"
                )
            if got.get("UnprocessedKeys"):
                raise StoreUnavailable("DynamoDB did not read all items")
            items = got["Responses"].get(self.name, [])
            units = sum(used.get("CapacityUnits", 0.0) for used in got.get("ConsumedCapacity", ()))
            self.meter.add(len(items), units)
            yield from items

    def items(self, **request: Any) -> Iterator[dict[str, Any]]:
        """Run a query, page after page as its items are taken.

        Raises:
            StoreUnavailable
            TooMuchRead: together with earlier reads.
        """
        while True:
            with calls.translated():
                page = self.client.query(
                    TableName=self.name, ReturnConsumedCapacity="TOTAL", **request
                )
            units = page.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
            self.meter.add(page.get("ScannedCount", len(page["Items"])), units)
            yield from page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def hours(
        self, partition: tuple[str, str], first: Hour, end: Hour, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """Query the hours from `first` to before `end`, in a table whose sort key begins so.

        `partition` is the partition key's name and value; `more` goes into the query as it is.
        """
        last = end.plus(-1).window_start + LAST
        return self.between(partition, ("window_start", first.window_start, last), **more)

    def newest(
        self, partition: tuple[str, str], key: tuple[str, str, str], at_once: int, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """Query backwards, `at_once` items a page; `key` is the sort key's name and bounds."""
        return self.between(partition, key, ScanIndexForward=False, Limit=at_once, **more)

    def between(
        self, partition: tuple[str, str], key: tuple[str, str, str], **more: Any
    ) -> Iterator[dict[str, Any]]:
        of, value = partition
        name, first, last = key
        # Which DynamoDB refuses.
        if last < first:
            return iter(())
        return self.items(
            KeyConditionExpression=f"{of} = :partition AND {name} BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":partition": {"S": value},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            **more,
        )
