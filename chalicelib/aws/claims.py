"""Claims on hours: the fence that keeps older work from writing over newer work.

Each hour has one item in the partition `_claim` of a table. Its `claimed` is the highest mark that
has claimed the hour; work of a lower mark can no longer write: see docs/decisions/0003.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws import calls
from chalicelib.aws.attribute import number, text
from chalicelib.model import retention
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CLAIMS = "_claim"

# A claim that is equal is our own, which the client has sent again.
_IS_NEWEST = "attribute_not_exists(claimed) OR claimed <= :n"
_IS_OURS = "claimed = :n"


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one table; `partition_key` is the name of its partition key."""

    client: DynamoDBClient
    table: str
    partition_key: str

    def claim(
        self, hour: Hour, mark: int, update: str = "", values: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Claim an hour, with `update` appended to the expression; return the claim's attributes.

        Raises:
            Superseded: the hour is claimed for a higher mark.
            StoreUnavailable
        """
        with calls.fenced():
            answer = self.client.update_item(
                TableName=self.table,
                Key=self._key(hour),
                UpdateExpression=f"SET claimed = :n, expires_at = :e{update}",
                ConditionExpression=_IS_NEWEST,
                ExpressionAttributeValues={
                    ":n": number(mark),
                    ":e": number(retention.of_hour(hour)),
                    **(values or {}),
                },
                ReturnValues="ALL_NEW",
            )
        return answer["Attributes"]

    def note(self, hour: Hour, mark: int, attribute: str) -> None:
        """Set an attribute of the claim to the mark that claimed the hour.

        Raises:
            Superseded: the hour is claimed for another mark.
            StoreUnavailable
        """
        with calls.fenced():
            self.client.update_item(
                TableName=self.table,
                Key=self._key(hour),
                UpdateExpression=f"SET {attribute} = :n",
                ConditionExpression=_IS_OURS,
                ExpressionAttributeValues={":n": number(mark)},
            )

    def check(self, hour: Hour, mark: int) -> TransactWriteItemTypeDef:
        """Return what refuses a transaction once another mark has claimed the hour."""
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": self._key(hour),
                "ConditionExpression": _IS_OURS,
                "ExpressionAttributeValues": {":n": number(mark)},
            }
        }

    def change(
        self, hour: Hour, mark: int, update: str, values: Mapping[str, Any]
    ) -> TransactWriteItemTypeDef:
        """Return what refuses a transaction as `check` does, and else updates the claim."""
        return {
            "Update": {
                "TableName": self.table,
                "Key": self._key(hour),
                "UpdateExpression": update,
                "ConditionExpression": _IS_OURS,
                "ExpressionAttributeValues": {":n": number(mark), **values},
            }
        }

    def _key(self, hour: Hour) -> dict[str, dict[str, str]]:
        return {self.partition_key: text(CLAIMS), "window_start": text(hour.window_start)}
