"""The API's function may read what it reads, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from chalicelib.aws.session import session
from chalicelib.wiring.query import QueryWing
from ops.packaging.grants import grants_of
from ops.stage.names import API_HANDLER
from tests.contract.test_query_wing import READ, ask, wing

__all__ = ["wing"]

pytestmark = pytest.mark.contract

# Those of ingest and admission, of defining experiments, of a route that needs a database, and
# of the log.
OF_OTHERS = {"StoreEvents", "ReadKeys", "AskAttribution", "WriteLogs"}
WRITES = {"dynamodb:PutItem"}
PREFIX = "eventstream-local-"
EVENT = "before-parameter-build"

type Right = tuple[str, str]


@pytest.fixture
def used() -> Iterator[set[Right]]:
    """Collect the rights that calls of AWS need, from now on."""
    rights = set[Right]()

    def collect(params: Mapping[str, Any], model: Any, **_: object) -> None:
        rights.add(right_of(model.service_model.service_name, model.name, params))

    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION
    sessions = session(), boto3.DEFAULT_SESSION
    for one in sessions:
        one.events.register(EVENT, collect)
    yield rights
    for one in sessions:
        one.events.unregister(EVENT, collect)


def right_of(service: str, call: str, given: Mapping[str, Any]) -> Right:
    match service, call:
        case "dynamodb", _:
            # Several items are asked for by table; here it is always one.
            [table] = given.get("RequestItems", [given.get("TableName")])
            index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
            return f"dynamodb:{call}", f"table:{short(table)}{index}"
        case "s3", "ListObjectsV2":
            return "s3:ListBucket", "bucket:raw"
        case "s3", _:
            return f"s3:{call}", f"objects:raw/{given['Key'].partition('/')[0]}/"
        case "sqs", _:
            name = given.get("QueueName") or given["QueueUrl"].rpartition("/")[2]
            return f"sqs:{call}", f"queue:{short(name)}"
        case _:
            return f"{service}:{call}", f"stream:{short(given['StreamName'])}"


def short(name: str) -> str:
    return name.removeprefix(PREFIX)


def test_every_right_to_read_is_used_and_none_is_missing(
    used: set[Right], wing: QueryWing
) -> None:
    used.clear()

    for route in READ:
        assert ask(wing, route).status == 200

    granted = {
        (action, thing)
        for grant in grants_of(API_HANDLER)
        if grant.why not in OF_OTHERS
        for action in grant.actions.split()
        for thing in grant.things.split()
        if action not in WRITES
    }
    assert used == granted
