"""A bucket's objects, read and written whole, on S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from chalicelib.aws import calls
from chalicelib.errors import ObjectMissing, StoreUnavailable
from chalicelib.model.stored import NewObject, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# Few enough for the client's connection pool.
PARALLEL_PUTS = 8
# The answer to a HEAD has no body that names the error, so its code is the bare status.
MISSING = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True, slots=True)
class S3Objects:
    client: S3Client
    bucket: str

    @classmethod
    def open(cls, bucket: str) -> S3Objects:
        return cls(boto3.client("s3", config=calls.CONFIG), bucket)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        with calls.translated():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, Metadata=metadata)

    def put_all(self, objects: Sequence[NewObject]) -> None:
        # Leaving the block waits for every put, even after a failure: one still in flight could
        # otherwise overwrite what the next attempt writes.
        with ThreadPoolExecutor(PARALLEL_PUTS) as pool:
            list(pool.map(lambda new: self.put(*new), objects))

    def get(self, key: str) -> StoredObject:
        with _naming_missing(key), calls.translated():
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            return StoredObject(answer["Body"].read(), answer["ETag"])

    def etag(self, key: str) -> str:
        with _naming_missing(key), calls.translated():
            return self.client.head_object(Bucket=self.bucket, Key=key)["ETag"]

    def keys(self, prefix: str) -> Sequence[str]:
        with calls.translated():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            return [item["Key"] for page in pages for item in page.get("Contents", [])]


@contextmanager
def _naming_missing(key: str) -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and calls.code_of(cause) in MISSING:
            raise ObjectMissing(key) from error
        raise
