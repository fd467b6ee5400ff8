"""A bucket's objects, read and written whole, on S3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.aws import calls
from chalicelib.errors import ObjectMissing, StoreUnavailable
from chalicelib.model.stored import NewObject, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

# Few enough for the client's connection pool.
PARALLEL_PUTS = 8
# The answer to a HEAD has no body that names the error, so its code is the bare status.
MISSING = frozenset({"NoSuchKey", "404"})
# The condition does not hold, or could not be judged because of another write at the same time.
CHANGED = "PreconditionFailed"
REFUSED = frozenset({CHANGED, "ConditionalRequestConflict", "NoSuchKey"})
# What an object that is gone is asked for, and none has.
NO_ETAG = '"none"'


@dataclass(frozen=True, slots=True)
class S3Objects:
    client: S3Client
    bucket: str

    @classmethod
    def open(cls, bucket: str) -> S3Objects:
        return cls(boto3.client("s3", config=calls.CONFIG), bucket)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        self._put(NewObject(key, body, metadata))

    def create_all(self, objects: Sequence[NewObject]) -> Sequence[NewObject]:
        return self._refused(objects, lambda _new: {"IfNoneMatch": "*"})

    def replace_all(
        self, objects: Sequence[NewObject], etags: Mapping[str, str]
    ) -> Sequence[NewObject]:
        return self._refused(objects, lambda new: {"IfMatch": etags.get(new.key, NO_ETAG)})

    def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
        with ThreadPoolExecutor(PARALLEL_PUTS) as pool:
            listings = list(pool.map(self._listed, prefixes))
        return {item["Key"]: item["ETag"] for listing in listings for item in listing}

    def get(self, key: str) -> StoredObject:
        with _naming_missing(key), calls.translated():
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            return StoredObject(answer["Body"].read(), answer["ETag"])

    def etag(self, key: str) -> str:
        with _naming_missing(key), calls.translated():
            return self.client.head_object(Bucket=self.bucket, Key=key)["ETag"]

    def keys(self, prefix: str) -> Sequence[str]:
        return [item["Key"] for item in self._listed(prefix)]

    def sizes(self, prefix: str) -> Mapping[str, int]:
        return {item["Key"]: item["Size"] for item in self._listed(prefix)}

    def put_if(self, new: NewObject, etag: str | None) -> bool:
        return self._put_if(new, {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag})

    def delete_all_if(self, etags: Mapping[str, str]) -> Sequence[str]:
        # One by one: a deletion of many objects at once ignores their ETags on some stores.
        with ThreadPoolExecutor(PARALLEL_PUTS) as pool:
            deleted = pool.map(self._delete_if, etags, etags.values())
            return [key for key, is_gone in zip(etags, deleted, strict=True) if not is_gone]

    def delete(self, key: str) -> None:
        with calls.translated():
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def _listed(self, prefix: str) -> list[ObjectTypeDef]:
        with calls.translated():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            return [item for page in pages for item in page.get("Contents", [])]

    def _refused(
        self, objects: Sequence[NewObject], condition: Callable[[NewObject], Mapping[str, str]]
    ) -> list[NewObject]:
        """Write the objects whose condition holds; return the others."""
        with ThreadPoolExecutor(PARALLEL_PUTS) as pool:
            written = pool.map(lambda new: self._put_if(new, condition(new)), objects)
            return [
                new for new, is_written in zip(objects, written, strict=True) if not is_written
            ]

    def _put(self, new: NewObject, **condition: Any) -> None:
        with calls.translated():
            self.client.put_object(
                Bucket=self.bucket,
                Key=new.key,
                Body=new.body,
                Metadata=new.metadata,
                **condition,
            )

    def _put_if(self, new: NewObject, condition: Mapping[str, Any]) -> bool:
        try:
            self._put(new, **condition)
        except StoreUnavailable as error:
            if _code_of(error) not in REFUSED:
                raise
            return False
        return True

    def _delete_if(self, key: str, etag: str) -> bool:
        """Return whether the object is gone; it may have been gone before."""
        try:
            with calls.translated():
                self.client.delete_object(Bucket=self.bucket, Key=key, IfMatch=etag)
        except StoreUnavailable as error:
            code = _code_of(error)
            if code in MISSING:
                return True
            # A conflict says nothing about what the object is now, so it is not among these.
            if code != CHANGED:
                raise
            return False
        return True


def _code_of(error: StoreUnavailable) -> str:
    cause = error.__cause__
    return calls.code_of(cause) if isinstance(cause, ClientError) else ""


@contextmanager
def _naming_missing(key: str) -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        if _code_of(error) in MISSING:
            raise ObjectMissing(key) from error
        raise
