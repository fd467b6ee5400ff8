"""Definitions of experiments in DynamoDB: the current ones in one partition, and every version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import orjson
from botocore.config import Config

from chalicelib.aws import calls
from chalicelib.aws.attribute import number, text, text_of
from chalicelib.errors import StoreUnavailable, VersionConflict
from chalicelib.model import definition
from chalicelib.model.experiment import Experiment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

CURRENT = "definitions"
# A batch of records waits for it, and can go on without.
CONFIG = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
)


@dataclass(frozen=True, slots=True)
class DynamoExperiments:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoExperiments:
        return cls(boto3.client("dynamodb", config=calls.CONFIG.merge(CONFIG)), table)

    def find(self, experiment_id: str) -> Experiment | None:
        with calls.translated():
            answer = self.client.get_item(
                TableName=self.table, Key=_key(CURRENT, experiment_id), ConsistentRead=True
            )
        return _experiment_of(answer["Item"]) if "Item" in answer else None

    def current(self) -> Sequence[Experiment]:
        return [*map(_experiment_of, self._items(CURRENT))]

    def versions(self, experiment_id: str) -> Sequence[Experiment]:
        return [*map(_experiment_of, self._items(_versions_of(experiment_id)))]

    def save(self, experiment: Experiment, replaces: int | None) -> None:
        experiment_id = experiment.experiment_id
        content = {
            "version": number(experiment.version),
            "status": text(experiment.status),
            "definition": text(orjson.dumps(definition.to_json(experiment)).decode()),
        }
        version = _key(_versions_of(experiment_id), f"{experiment.version:08d}")
        is_new: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(partition_key)"}
        is_read: dict[str, Any] = {
            "ConditionExpression": "version = :read",
            "ExpressionAttributeValues": {":read": number(replaces or 0)},
        }
        current = _key(CURRENT, experiment_id)
        puts = [
            {"TableName": self.table, "Item": version | content, **is_new},
            {
                "TableName": self.table,
                "Item": current | content,
                **(is_new if replaces is None else is_read),
            },
        ]
        try:
            with calls.translated():
                self.client.transact_write_items(
                    TransactItems=[{"Put": put} for put in puts]  # type: ignore[typeddict-item]  # built above
                )
        except StoreUnavailable as error:
            if calls.is_refused(error):
                raise VersionConflict from error
            raise

    def _items(self, partition: str) -> Iterator[Mapping[str, Any]]:
        # Without a paginator: making one takes a third as long as making the client.
        request: dict[str, Any] = {
            "TableName": self.table,
            "ConsistentRead": True,
            "KeyConditionExpression": "partition_key = :partition",
            "ExpressionAttributeValues": {":partition": text(partition)},
        }
        while True:
            with calls.translated():
                page = self.client.query(**request)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _versions_of(experiment_id: str) -> str:
    return f"versions#{experiment_id}"


def _key(partition: str, sort: str) -> dict[str, dict[str, str]]:
    return {"partition_key": text(partition), "sort_key": text(sort)}


def _experiment_of(item: Mapping[str, Any]) -> Experiment:
    return definition.of_json(orjson.loads(text_of(item, "definition")))
