"""A rollup is read back from DynamoDB as it was written, in memory and from the table."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import batched
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws.hourly_rollups import DynamoHourlyRollups
from chalicelib.aws.quick_items import quick
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.aws.rollup_items import item_of, rollup_of
from chalicelib.errors import Unreadable
from chalicelib.model.distinct import NOBODY, HyperLogLog
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import (
    ALL_TYPES,
    AmountSummary,
    HourlyRollup,
    LatencySummary,
    Reconciliation,
)
from tests.builders import NOON, make_latency, make_rollup
from tests.contract.conftest import AGGREGATES_TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

pytestmark = pytest.mark.contract

counts = st.integers(0, 2**63)
# Zero, or as far from it as DynamoDB can tell.
milliseconds = st.just(0.0) | st.floats(1e-99, 86_400_000.0)
users = st.just((0, NOBODY)) | st.tuples(
    st.integers(1, 10**6),
    st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=9).map(HyperLogLog.of),
)
latencies = st.builds(
    LatencySummary,
    count=st.integers(1, 10**9),
    total_ns=st.integers(0, 10**30),
    minimum=milliseconds,
    maximum=milliseconds,
    p50=milliseconds,
    p90=milliseconds,
    p95=milliseconds,
    p99=milliseconds,
    buckets=st.dictionaries(st.integers(0, 216), st.integers(1, 10**9), min_size=1, max_size=9),
)
amounts = st.builds(AmountSummary, st.integers(1, 10**12), st.integers(-(10**30), 10**30))
some_rollups = st.builds(
    lambda event_type, hour, users, **changes: make_rollup(
        event_type,
        hour=Hour(hour * 3_600_000),
        unique_users=users[0],
        user_sketch=users[1],
        **changes,
    ),
    st.sampled_from([ALL_TYPES, "click", "page_view"]),
    # Far ahead, since a table hides what has expired.
    st.integers(600_000, 1_000_000),
    users,
    count=counts,
    errors=counts,
    latency=st.none() | latencies,
    amounts=st.dictionaries(st.sampled_from(["EUR", "USD", "XXX"]), amounts),
    reconciliation=st.builds(
        Reconciliation, expected=st.none() | counts, found=counts, duplicates=counts
    ),
)


def reader_of(dynamodb: DynamoDBClient) -> DynamoHourlyRollups:
    return DynamoHourlyRollups(Table(dynamodb, AGGREGATES_TABLE, ReadMeter(most=1_000)))


def test_more_rows_than_a_page_holds_all_come(dynamodb: DynamoDBClient) -> None:
    # A page is 1 MB, and each of these is 4 KB.
    latency = make_latency(buckets={n: 10**15 + n for n in range(217)})
    rows = [make_rollup(hour=NOON.plus(n), latency=latency) for n in range(300)]
    for some in batched(rows, 25):
        puts: list[WriteRequestTypeDef] = [{"PutRequest": {"Item": item_of(row)}} for row in some]
        dynamodb.batch_write_item(RequestItems={AGGREGATES_TABLE: puts})

    found = reader_of(quick(dynamodb)).rollups("click", NOON, NOON.plus(300))

    assert list(found) == rows


@given(some_rollups)
def test_an_item_is_read_as_it_was_written(row: HourlyRollup) -> None:
    assert rollup_of(item_of(row)) == row


# A row takes the place of the one before, if they have the same key.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=some_rollups)
def test_a_row_survives_the_table(dynamodb: DynamoDBClient, row: HourlyRollup) -> None:
    dynamodb.put_item(TableName=AGGREGATES_TABLE, Item=item_of(row))

    reader = reader_of(quick(dynamodb))

    assert list(reader.rollups(row.event_type, row.hour, row.hour.plus(1))) == [row]


@pytest.mark.parametrize("sketch", ["users_hll", "latency_buckets"])
def test_a_row_of_an_older_version_is_refused(sketch: str) -> None:
    item: Mapping[str, object] = item_of(make_rollup(latency=make_latency()))
    older = {name: value for name, value in item.items() if name != sketch}

    with pytest.raises(Unreadable) as refused:
        rollup_of(older)

    assert refused.value.args == ("click", "2026-11-20T12:00:00Z", sketch)


def test_a_quiet_hour_of_an_older_version_is_read() -> None:
    quiet = make_rollup(count=0, unique_users=0, user_sketch=NOBODY)

    assert rollup_of(item_of(quiet)) == quiet
    assert Figures(0) == quiet.figures
