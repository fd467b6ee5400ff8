"""Results of experiments in DynamoDB: the newest of each in one partition, and every look.

Keys: `results` / <id> with `basis`, `computed_at`, the conclusion's `verdict`, `variant` and
`sentence`, and `results`, the JSON compressed and without its looks; `looks#<id>` /
<computed_at> with `looks`, one of each variant. So no item grows with the number of looks, of
which there is one an hour.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import orjson
from pydantic import TypeAdapter

from chalicelib.aws import calls
from chalicelib.aws.attribute import number, text, text_of
from chalicelib.model import instant, retention
from chalicelib.model.experiment_results import Conclusion, Look, Results

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef

NEWEST = "results"


@dataclass(frozen=True, slots=True)
class DynamoExperimentResults:
    client: DynamoDBClient
    table: str

    @classmethod
    def open(cls, table: str) -> DynamoExperimentResults:
        return cls(boto3.client("dynamodb", config=calls.CONFIG), table)

    def bases(self) -> Mapping[str, str]:
        items = self._items(NEWEST, ProjectionExpression="sort_key, basis")
        return {text_of(item, "sort_key"): text_of(item, "basis") for item in items}

    def looks(self, experiment_id: str) -> Sequence[Look]:
        items = self._items(looks_of(experiment_id))
        return [look for item in items for look in looks_in(item)]

    def newest(self, experiment_id: str) -> Results | None:
        """Return the newest results with every look, or None before the first."""
        with calls.translated():
            answer = self.client.get_item(
                TableName=self.table, Key=_key(NEWEST, experiment_id), ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        return replace(results_in(answer["Item"]), looks=tuple(self.looks(experiment_id)))

    def keep(self, results: Results, basis: str) -> None:
        at = text(instant.to_text(results.at_ms))
        looks = [look for look in results.looks if look.at_ms == results.at_ms]
        body = orjson.dumps(replace(results, looks=()).to_json())
        newest = _key(NEWEST, results.experiment_id) | {
            "computed_at": at,
            "basis": text(basis),
            "results": {"B": zlib.compress(body)},
            **_verdict(results.conclusion),
        }
        look = _key(looks_of(results.experiment_id), at["S"]) | {
            "looks": text(_looks().dump_json(looks).decode()),
            "expires_at": number(retention.of_run(results.at_ms)),
        }
        put: PutTypeDef = {
            "TableName": self.table,
            "Item": newest,
            "ConditionExpression": "attribute_not_exists(computed_at) OR computed_at <= :at",
            "ExpressionAttributeValues": {":at": at},
        }
        with calls.fenced():
            self.client.transact_write_items(
                TransactItems=[{"Put": put}, {"Put": {"TableName": self.table, "Item": look}}]
            )

    def _items(self, partition: str, **more: Any) -> Iterator[dict[str, Any]]:
        with calls.translated():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table,
                ConsistentRead=True,
                KeyConditionExpression="partition_key = :partition",
                ExpressionAttributeValues={":partition": text(partition)},
                **more,
            )
            yield from (item for page in pages for item in page["Items"])


def looks_of(experiment_id: str) -> str:
    return f"looks#{experiment_id}"


def looks_in(item: Mapping[str, Any]) -> list[Look]:
    return _looks().validate_json(text_of(item, "looks"))


def results_in(item: Mapping[str, Any]) -> Results:
    """Return what an item of newest results holds, without looks."""
    return Results.from_json(orjson.loads(zlib.decompress(item["results"]["B"])))


def _verdict(conclusion: Conclusion) -> dict[str, Any]:
    """Return what lists of experiments show."""
    variant = {"variant": text(conclusion.variant)} if conclusion.variant else {}
    return {
        "verdict": text(conclusion.verdict),
        "sentence": text(conclusion.sentence),
        **variant,
    }


def _key(partition: str, sort: str) -> dict[str, Any]:
    return {"partition_key": text(partition), "sort_key": text(sort)}


@cache
def _looks() -> TypeAdapter[list[Look]]:
    return TypeAdapter(list[Look])
