"""Which objects of the archive and of the quarantine lie in a range of hours."""

from __future__ import annotations

import boto3
import pytest

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from chalicelib.model.period import Period
from ops.kit.hours import within
from ops.rebuild.archive import raw_keys

pytestmark = pytest.mark.contract

BUCKET = "raw"
NOON = Hour.parse("2026-11-21T12")


def key(event_type: str, hour: Hour, number: int = 1) -> str:
    return str(RawKey(event_type, hour, "s-shardId-000000000000", str(number)))


@pytest.fixture
def archive(aws: None) -> list[str]:
    """Two types, each with two objects in every hour of three days."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    keys = [
        key(event_type, NOON.plus(hours), number)
        for event_type in ("click", "page_view")
        for hours in range(-36, 36)
        for number in (1, 2)
    ]
    for one in keys:
        s3.put_object(Bucket=BUCKET, Key=one)
    s3.put_object(Bucket=BUCKET, Key="quarantine/year=2026/month=11/day=21/hour=12/a.json.gz")
    return keys


def test_the_hours_of_a_range_are_listed_without_its_end(archive: list[str]) -> None:
    found = raw_keys(boto3.client("s3"), BUCKET, Period(NOON, NOON.plus(14)), frozenset())

    hours = {NOON.plus(n) for n in range(14)}
    assert found == [one for one in archive if RawKey.parse(one).hour in hours]


def test_only_the_types_that_were_asked_for_are_listed(archive: list[str]) -> None:
    found = raw_keys(boto3.client("s3"), BUCKET, Period(NOON, NOON.plus(1)), frozenset({"click"}))

    assert found == [key("click", NOON, 1), key("click", NOON, 2)]


def test_a_range_can_cross_a_year() -> None:
    eve, new_year = Hour.parse("2026-12-31T23"), Hour.parse("2027-01-01T00")
    keys = [f"quarantine/{hour.partition}/a" for hour in (eve, new_year, new_year.plus(1))]

    assert [*within(keys, "quarantine/", Period(eve, new_year.plus(1)))] == keys[:2]
