"""What every table of keys must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.access.digest import digest_of
from chalicelib.access.ports import ListedKey as KeyInUse
from chalicelib.aws.keys import DynamoKeys
from chalicelib.errors import StoreUnavailable
from chalicelib.model.scope import Scope
from ops.keys.dynamo_key_table import DynamoKeyTable
from ops.keys.key import ListedKey
from ops.keys.ports import NameTaken
from tests.builders import NOON_MS
from tests.contract.conftest import KEYS_TABLE
from tests.unit.ops.keys.fakes import FakeKeyTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

type Table = FakeKeyTable | DynamoKeyTable


@pytest.fixture(params=["fake", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "fake":
        return FakeKeyTable()
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoKeyTable(client, KEYS_TABLE)


def make_key(name: str = "page", **changes: object) -> ListedKey:
    key = ListedKey(
        name=name,
        scope=Scope.WRITE,
        digest=digest_of(name),
        gateway_id="id-1",
        created_at="2026-11-20T12:00:00.000Z",
    )
    return replace(key, **changes)  # type: ignore[arg-type]  # each field's own


def test_a_key_is_found_as_it_was_added(table: Table) -> None:
    table.add(make_key(scope=Scope.ADMIN))

    assert table.find("page") == make_key(scope=Scope.ADMIN)
    assert table.find("another") is None


def test_a_key_can_be_added_twice_and_stays_as_it_was(table: Table) -> None:
    table.add(make_key())
    table.add(make_key(created_at="2027-01-01T00:00:00.000Z"))

    assert table.find("page") == make_key()


def test_two_keys_cannot_have_one_name(table: Table) -> None:
    table.add(make_key())

    with pytest.raises(NameTaken):
        table.add(make_key(digest="another"))

    assert table.all() == [make_key()]


def test_a_key_can_be_replaced(table: Table) -> None:
    table.add(make_key())
    table.replace(make_key(digest="another"))

    assert table.all() == [make_key(digest="another")]


def test_a_key_that_is_retired_stays_listed_with_the_first_moment(table: Table) -> None:
    table.add(make_key())
    table.retire("page", NOON_MS)
    table.retire("page", NOON_MS + 60_000)

    assert table.all() == [make_key(retired_at="2026-11-20T12:00:00.000Z")]


def test_what_is_not_there_can_be_retired_and_forgotten_without_a_trace(table: Table) -> None:
    table.retire("page", NOON_MS)
    table.forget("page")

    assert table.all() == []


def test_keys_are_ordered_by_name(table: Table) -> None:
    for name in ("b", "c", "a"):
        table.add(make_key(name))

    assert [key.name for key in table.all()] == ["a", "b", "c"]


def test_a_forgotten_key_is_gone(table: Table) -> None:
    table.add(make_key())
    table.forget("page")

    assert table.find("page") is None


def test_a_retired_key_expires_400_days_later(dynamodb: DynamoDBClient) -> None:
    table = DynamoKeyTable(dynamodb, KEYS_TABLE)
    table.add(make_key())
    table.retire("page", NOON_MS)

    [item] = dynamodb.scan(TableName=KEYS_TABLE)["Items"]
    assert int(item["expires_at"]["N"]) * 1000 == NOON_MS + 400 * 86_400_000


def test_the_app_reads_the_keys_in_use_and_no_others(dynamodb: DynamoDBClient) -> None:
    table = DynamoKeyTable(dynamodb, KEYS_TABLE)
    table.add(make_key("page"))
    table.add(make_key("board", scope=Scope.READ))
    table.add(make_key("old"))
    table.retire("old", NOON_MS)

    listed = DynamoKeys(dynamodb, KEYS_TABLE).listed()

    assert {*listed} == {
        KeyInUse(digest_of("page"), Scope.WRITE),
        KeyInUse(digest_of("board"), Scope.READ),
    }


def test_a_scope_that_this_version_does_not_know_gives_no_rights(
    dynamodb: DynamoDBClient,
) -> None:
    DynamoKeyTable(dynamodb, KEYS_TABLE).add(make_key())
    dynamodb.update_item(
        TableName=KEYS_TABLE,
        Key={"key_name": {"S": "page"}},
        UpdateExpression="SET #scope = :later",
        ExpressionAttributeNames={"#scope": "scope"},
        ExpressionAttributeValues={":later": {"S": "export"}},
    )

    assert DynamoKeys(dynamodb, KEYS_TABLE).listed() == []


def test_keys_are_read_page_by_page(dynamodb: DynamoDBClient) -> None:
    table = DynamoKeyTable(dynamodb, KEYS_TABLE)
    for n in range(30):
        # A page of DynamoDB has a megabyte at most.
        table.add(make_key(f"key-{n}", gateway_id="x" * 100_000))

    assert len(DynamoKeys(dynamodb, KEYS_TABLE).listed()) == 30


def test_a_table_that_is_not_there_is_unavailable(aws: None) -> None:
    with pytest.raises(StoreUnavailable):
        DynamoKeys.open(KEYS_TABLE).listed()
