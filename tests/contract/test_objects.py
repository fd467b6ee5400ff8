"""What every object store must do, asked of the fake and of S3 alike."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Protocol

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto import mock_aws

from chalicelib.aws.objects import S3Objects
from chalicelib.errors import ObjectMissing, StoreUnavailable
from chalicelib.model.stored import NewObject
from chalicelib.ports import ObjectReader
from chalicelib.process.ports import ArchiveWriter
from chalicelib.rollup.ports import ObjectLister, PartialObjects
from chalicelib.transform.ports import ObjectWriter
from chalicelib.upkeep.ports import LakeFiles
from tests.fakes import FakeObjects

pytestmark = pytest.mark.contract

BUCKET = "eventstream-local-raw"


class Objects(
    ArchiveWriter,
    LakeFiles,
    ObjectLister,
    ObjectReader,
    ObjectWriter,
    PartialObjects,
    Protocol,
):
    """Everything that the stages ask of a bucket."""


@pytest.fixture(params=["fake", "s3"])
def objects(request: pytest.FixtureRequest) -> Iterator[Objects]:
    if request.param == "fake":
        yield FakeObjects()
        return
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield S3Objects.open(BUCKET)


def test_an_object_reads_back_as_it_was_written(objects: Objects) -> None:
    objects.put("raw/a.json.gz", b"\x00\xff", {"records": "1"})

    assert objects.get("raw/a.json.gz").body == b"\x00\xff"


def test_a_second_write_replaces_the_first(objects: Objects) -> None:
    objects.put("raw/a", b"old", {})
    objects.put("raw/a", b"new", {})

    assert objects.get("raw/a").body == b"new"
    assert objects.keys("raw/") == ["raw/a"]


def test_what_is_deleted_is_gone_and_can_be_deleted_again(objects: Objects) -> None:
    objects.put("raw/a", b"old", {})
    for _ in range(2):
        objects.delete("raw/a")

    assert objects.keys("raw/") == []


def test_the_etag_is_that_of_the_object_read(objects: Objects) -> None:
    objects.put("raw/a", b"old", {})

    assert objects.etag("raw/a") == objects.get("raw/a").etag


def test_the_etag_changes_with_the_object(objects: Objects) -> None:
    objects.put("raw/a", b"old", {})
    before = objects.etag("raw/a")
    objects.put("raw/a", b"new", {})

    assert objects.etag("raw/a") != before


def test_the_same_bytes_have_the_same_etag(objects: Objects) -> None:
    objects.put("raw/a", b"same", {"by": "one"})
    before = objects.etag("raw/a")
    objects.put("raw/a", b"same", {"by": "another"})

    assert objects.etag("raw/a") == before


def test_only_what_has_a_free_key_is_created(objects: Objects) -> None:
    objects.put("raw/a", b"old", {})
    new = [NewObject(f"raw/{name}", b"new", {}) for name in "abc"]

    assert objects.create_all(new) == [new[0]]
    assert [objects.get(f"raw/{name}").body for name in "abc"] == [b"old", b"new", b"new"]


def test_only_what_has_not_changed_is_replaced(objects: Objects) -> None:
    objects.create_all([NewObject(f"raw/{name}", b"old", {}) for name in "ab"])
    etags = objects.etags(["raw/"])
    objects.put("raw/a", b"other", {})
    new = [NewObject(f"raw/{name}", b"new", {}) for name in "ab"]

    assert objects.replace_all(new, etags) == [new[0]]
    assert [objects.get(f"raw/{name}").body for name in "ab"] == [b"other", b"new"]


def test_what_is_not_there_is_not_replaced(objects: Objects) -> None:
    new = NewObject("raw/a", b"new", {})

    assert objects.replace_all([new], {}) == [new]
    assert objects.replace_all([new], {"raw/a": '"0cc175b9c0f1b6a831c399e269772661"'}) == [new]
    assert objects.keys("raw/") == []


def test_an_object_is_written_if_there_is_none_as_expected(objects: Objects) -> None:
    assert objects.put_if(NewObject("raw/a", b"first", {}), None)
    assert not objects.put_if(NewObject("raw/a", b"second", {}), None)
    assert objects.get("raw/a").body == b"first"


def test_an_object_is_overwritten_if_it_is_the_expected_one(objects: Objects) -> None:
    objects.put("raw/a", b"first", {})
    before = objects.etag("raw/a")

    assert objects.put_if(NewObject("raw/a", b"second", {}), before)
    assert not objects.put_if(NewObject("raw/a", b"third", {}), before)
    assert objects.get("raw/a").body == b"second"


def test_an_object_that_is_gone_is_not_overwritten(objects: Objects) -> None:
    objects.put("raw/a", b"first", {})
    before = objects.get("raw/a")
    objects.delete_all_if({"raw/a": before.etag})

    assert not objects.put_if(NewObject("raw/a", b"second", {}), before.etag)
    assert objects.keys("raw/") == []


def test_only_objects_that_have_not_changed_are_deleted(objects: Objects) -> None:
    for name in "abc":
        objects.put(f"raw/{name}", name.encode(), {})
    etags = objects.etags(["raw/"])
    objects.put("raw/b", b"changed", {})

    assert objects.delete_all_if(etags) == ["raw/b"]
    assert objects.keys("raw/") == ["raw/b"]


def test_an_object_that_is_gone_is_as_good_as_deleted(objects: Objects) -> None:
    objects.put("raw/a", b"a", {})
    etags = objects.etags(["raw/"])

    assert objects.delete_all_if(etags) == []
    assert objects.delete_all_if(etags) == []


def test_sizes_are_those_of_every_object_under_a_prefix(objects: Objects) -> None:
    objects.put("raw/a", b"12345", {})
    objects.put("other/a", b"1", {})

    assert objects.sizes("raw/") == {"raw/a": 5}


def test_etags_are_those_of_every_object_under_the_prefixes(objects: Objects) -> None:
    for key in ("raw/a1", "raw/a2", "raw/b1", "raw/c1"):
        objects.put(key, key.encode(), {})

    assert objects.etags(["raw/a", "raw/c1"]) == {
        key: objects.etag(key) for key in ("raw/a1", "raw/a2", "raw/c1")
    }
    assert objects.etags([]) == {}


def test_a_missing_object_is_named(objects: Objects) -> None:
    with pytest.raises(ObjectMissing, match="raw/none"):
        objects.get("raw/none")
    with pytest.raises(ObjectMissing, match="raw/none"):
        objects.etag("raw/none")


def test_a_prefix_lists_what_lies_under_it_and_nothing_else(objects: Objects) -> None:
    objects.create_all([NewObject(f"raw/hour=1{n}/x", b"x", {}) for n in range(3)])
    objects.put("other/x", b"x", {})

    assert objects.keys("raw/hour=11/") == ["raw/hour=11/x"]
    assert objects.keys("raw/") == [f"raw/hour=1{n}/x" for n in range(3)]
    assert objects.keys("none/") == []


def test_more_keys_than_a_page_holds_are_all_listed(objects: Objects) -> None:
    objects.create_all([NewObject(f"raw/{n:04d}", b"", {}) for n in range(1_001)])

    assert len(objects.keys("raw/")) == len(objects.etags(["raw/"])) == 1_001


def test_metadata_is_kept() -> None:
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        S3Objects(client, BUCKET).put("raw/a", b"x", {"records": "7"})

        assert client.head_object(Bucket=BUCKET, Key="raw/a")["Metadata"] == {"records": "7"}


@mock_aws
def test_a_bucket_that_cannot_be_reached_is_a_fault_of_the_world() -> None:
    objects = S3Objects.open("no-such-bucket")

    with pytest.raises(StoreUnavailable):
        objects.put("raw/a", b"x", {})
    with pytest.raises(StoreUnavailable):
        objects.create_all([NewObject("raw/a", b"x", {})])
    with pytest.raises(StoreUnavailable):
        objects.put_if(NewObject("raw/a", b"x", {}), None)
    with pytest.raises(StoreUnavailable):
        objects.delete_all_if({"raw/a": "x"})
    with pytest.raises(StoreUnavailable):
        objects.sizes("raw/")
    with pytest.raises(StoreUnavailable):
        objects.etags(["raw/"])
    with pytest.raises(StoreUnavailable):
        objects.get("raw/a")
    with pytest.raises(StoreUnavailable):
        objects.keys("raw/")


@mock_aws
def test_objects_that_are_new_cost_one_call_each() -> None:
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    called: list[str] = []
    client.meta.events.register("before-call.s3", lambda model, **_: called.append(model.name))

    S3Objects(client, BUCKET).create_all([NewObject(f"raw/{n}", b"x", {}) for n in range(3)])

    assert called == ["PutObject"] * 3


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (412, "PreconditionFailed", False),
        (409, "ConditionalRequestConflict", False),
        (404, "NoSuchKey", False),
        (500, "InternalError", None),
        (503, "SlowDown", None),
    ],
)
def test_a_refused_put_is_told_from_one_of_unknown_outcome(
    status: int, code: str, outcome: bool | None
) -> None:
    objects = answering(status, code)
    if outcome is None:
        with pytest.raises(StoreUnavailable):
            objects.put_if(NewObject("a", b"x", {}), '"etag"')
    else:
        assert objects.put_if(NewObject("a", b"x", {}), '"etag"') is outcome


@pytest.mark.parametrize(
    ("status", "code", "kept"),
    [
        (412, "PreconditionFailed", ["a"]),
        (404, "NoSuchKey", []),
        (409, "ConditionalRequestConflict", None),
        (500, "InternalError", None),
    ],
)
def test_a_refused_deletion_is_told_from_one_of_unknown_outcome(
    status: int, code: str, kept: list[str] | None
) -> None:
    objects = answering(status, code)
    if kept is None:
        with pytest.raises(StoreUnavailable):
            objects.delete_all_if({"a": '"etag"'})
    else:
        assert objects.delete_all_if({"a": '"etag"'}) == kept


def answering(status: int, code: str) -> S3Objects:
    """A bucket that answers every call with this error."""
    client = boto3.client(
        "s3", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
    )
    body = f"<Error><Code>{code}</Code></Error>".encode()
    client.meta.events.register(
        "before-send.s3",
        lambda **_: AWSResponse("x", status, HTTPHeaders(), RawAnswer(body)),  # type: ignore[arg-type]  # it may return one
    )
    return S3Objects(client, BUCKET)


class RawAnswer(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: object) -> Iterator[bytes]:
        while part := self.read(1024):
            yield part
