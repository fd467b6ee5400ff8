"""Hours sealed on the local cloud: as many rows in one file each, whatever comes after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.lake import keys
from chalicelib.model import instant
from chalicelib.model.hour import Hour
from ops.demo.lake import LakeHoldings, read_lake
from ops.demo.read_back import object_keys
from ops.local.cloud import Cloud
from ops.rebuild.roll_up import roll_up
from tests.builders import make_event
from tests.e2e.conftest import Ops
from tests.e2e.executions import recorded
from tests.e2e.test_pipeline import aggregates, settle
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

EVENTS_AN_HOUR = 20
TYPES = ("sealed_view", "sealed_click")


@pytest.fixture(scope="module")
def hours(pytestconfig: pytest.Config) -> list[Hour]:
    """Return hours of a day that no other test writes to."""
    first = Hour.parse("2026-01-10T00")
    return first.until(first.plus(int(pytestconfig.getoption("--sealed-hours"))))


def put(cloud: Cloud, hours: Sequence[Hour], n: int, name: str) -> None:
    """Send events by themselves, so that each hour has several small files, and wait for them."""
    for number, event_type in enumerate(TYPES):
        records = [
            {
                "Data": json.dumps(
                    make_event(
                        event_id=f"{name}-{hour.text}-{event_type}-{k}",
                        event_type=event_type,
                        timestamp=instant.to_text(hour.start_ms + 1_000 * k),
                    )
                ),
                "PartitionKey": "usr_1",
            }
            for hour in hours
            for k in range(n)
        ]
        for start in range(0, len(records), 500):
            cloud.client("kinesis").put_records(
                StreamName=cloud.names.stream("events"),
                Records=records[start : start + 500],  # type: ignore[arg-type]  # literals
            )
        if not number:
            settle(cloud)
    settle(cloud)


def files_of(cloud: Cloud, hour: Hour) -> list[str]:
    return [*object_keys(cloud, cloud.names.lake_bucket, keys.prefix_of(hour))]


def rolled(cloud: Cloud, hours: Sequence[Hour]) -> Mapping[str, Any]:
    ended = roll_up(cloud, hours[0], hours[-1].plus(1), lambda _n: None)
    assert ended.status == "SUCCEEDED", ended.output
    return recorded(cloud, ended.name)


def figures(cloud: Cloud, hours: Sequence[Hour]) -> dict[tuple[str, str], Mapping[str, Any]]:
    starts = {hour.window_start for hour in hours}
    found = {key: row for key, row in aggregates(cloud).items() if key[1] in starts}
    # Each rollup writes a file of its own for the experiments that other tests define.
    return {key: _without_partial(row) for key, row in found.items()}


def _without_partial(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name != "experiment_partial"}


def lake(cloud: Cloud, hours: Sequence[Hour]) -> LakeHoldings:
    return read_lake(cloud, hours[0])


def test_hours_are_sealed_and_stay_right_whatever_comes_after(
    cloud: Cloud, hours: list[Hour], ops: Ops, state: Path
) -> None:
    put(cloud, hours, EVENTS_AN_HOUR, "first")
    n_small = sum(len(files_of(cloud, hour)) for hour in hours)
    before = lake(cloud, hours)
    assert n_small >= 2 * len(hours)

    run = rolled(cloud, hours)
    of_small = figures(cloud, hours)

    after = lake(cloud, hours)
    assert run["unsealed_hours"] == {}
    assert [files_of(cloud, hour) for hour in hours] == [[keys.sealed_of(h)] for h in hours]
    assert (after.rows, after.unique_events) == (before.rows, before.unique_events)
    assert after.query.rows == before.query.rows

    rolled(cloud, hours)
    assert figures(cloud, hours) == of_small
    assert_late_events_are_folded_in(cloud, hours)
    assert_a_rebuilt_hour_is_as_before(cloud, hours, ops, state)


def assert_late_events_are_folded_in(cloud: Cloud, hours: list[Hour]) -> None:
    first, n_before = hours[0], lake(cloud, hours).rows
    put(cloud, hours[:3], 2, "late")
    assert len(files_of(cloud, first)) > 1

    rolled(cloud, hours)

    assert lake(cloud, hours).rows == n_before + 3 * 2 * len(TYPES)
    assert files_of(cloud, first) == [keys.sealed_of(first)]
    total = figures(cloud, hours)["_all", first.window_start]
    assert total["n_events"]["N"] == str((EVENTS_AN_HOUR + 2) * len(TYPES))
    assert total["n_missing"]["N"] == total["n_duplicates"]["N"] == "0"


def assert_a_rebuilt_hour_is_as_before(
    cloud: Cloud, hours: list[Hour], ops: Ops, state: Path
) -> None:
    first, before = hours[0], lake(cloud, hours)
    of_before = figures(cloud, hours)
    rebuild(cloud, first, ops, state)
    # Small and sealed, until the hour is sealed again.
    assert lake(cloud, hours).unique_events == before.unique_events

    rolled(cloud, hours)

    assert figures(cloud, hours) == of_before
    assert files_of(cloud, first) == [keys.sealed_of(first)]
    assert lake(cloud, hours).rows == before.rows


def rebuild(cloud: Cloud, hour: Hour, ops: Ops, state: Path) -> None:
    """Rebuild an hour and wait until as many files as it has raw objects are back."""
    raw = [
        key
        for key in object_keys(cloud, cloud.names.raw_bucket, "raw/event_type=sealed_")
        if hour.partition in key
    ]
    ran = ops("rebuild", "--from", hour.text, "--to", hour.plus(1).text, "--state", state)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    wait_for(lambda: len(files_of(cloud, hour)) == len(raw) + 1 or None, "rebuilt files")
    marks = DynamoHourMarks(cloud.client("dynamodb"), cloud.names.table("aggregates"))
    wait_for(lambda: hour in [due.hour for due in marks.due(hour)] or None, "mark of the hour")
