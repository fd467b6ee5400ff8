"""The data of a stage, which outlives its stacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.stage.names import TABLES
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

BUCKETS = ("raw", "lake", "failures", "artefacts")


class Kind(StrEnum):
    BUCKET = "bucket"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Thing:
    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def kept_data(target: Target) -> list[Thing]:
    """List the stage's buckets and tables that exist."""
    return [*_buckets(target), *_tables(target)]


def delete_data(target: Target, thing: Thing) -> None:
    """Delete a bucket with every version, or a table, protected or not."""
    if thing.kind is Kind.TABLE:
        dynamodb = target.session.client("dynamodb")
        found = dynamodb.describe_table(TableName=thing.name)["Table"]
        if found.get("DeletionProtectionEnabled"):
            dynamodb.update_table(TableName=thing.name, DeletionProtectionEnabled=False)
            dynamodb.get_waiter("table_exists").wait(TableName=thing.name)
        dynamodb.delete_table(TableName=thing.name)
        dynamodb.get_waiter("table_not_exists").wait(TableName=thing.name)
        return
    s3 = target.session.client("s3")
    _empty(s3, thing.name)
    s3.delete_bucket(Bucket=thing.name)


def _buckets(target: Target) -> Iterator[Thing]:
    s3 = target.session.client("s3")
    for role in BUCKETS:
        name = target.names.bucket(role)
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"].get("Code") != "404":
                raise
        else:
            yield Thing(Kind.BUCKET, name)


def _tables(target: Target) -> Iterator[Thing]:
    pages = target.session.client("dynamodb").get_paginator("list_tables").paginate()
    existing = {name for page in pages for name in page["TableNames"]}
    for table in TABLES:
        if (name := target.names.table(table)) in existing:
            yield Thing(Kind.TABLE, name)


def _empty(s3: S3Client, bucket: str) -> None:
    """Delete every version of every object."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        doomed: list[ObjectIdentifierTypeDef] = [
            {"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions
        ]
        if doomed:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True})
