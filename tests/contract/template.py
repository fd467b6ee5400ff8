"""DynamoDB tables as the deployment template declares them, so that tests can't drift from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cfnlint.decode import cfn_yaml

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "backing.yaml"
STAGE = "local"

_CREATED_WITH = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
)


def create_tables(dynamodb: DynamoDBClient, stage: str = STAGE) -> None:
    """Create every table of the template, under its name in a stage."""
    for properties in _tables():
        name = properties["TableName"]["Fn::Sub"].replace("${Stage}", stage)
        wanted = {key: properties[key] for key in _CREATED_WITH if key in properties}
        dynamodb.create_table(TableName=name, **wanted)
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
        )


def _tables() -> list[dict[str, Any]]:
    resources = cfn_yaml.load(str(TEMPLATE))["Resources"].values()
    return [r["Properties"] for r in resources if r["Type"] == "AWS::DynamoDB::Table"]
